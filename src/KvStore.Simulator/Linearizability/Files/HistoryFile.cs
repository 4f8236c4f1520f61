using KvStore.Simulator.Linearizability.Models;

namespace KvStore.Simulator.Linearizability.Files;

/// <summary>
/// Checks history files: one whose first line begins with a brace is a <see cref="TextLog"/>, any other a
/// <see cref="RegisterLog"/>.
/// </summary>
internal static class HistoryFile
{
    /// <summary>Reads a file and checks it.</summary>
    /// <param name="path">The file, which errors name as it is given.</param>
    /// <param name="maxConfigurations">The bound on the work for each key.</param>
    /// <exception cref="HistoryFormatException">It is no history.</exception>
    /// <exception cref="IOException">It can't be read.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be read, or is a folder.</exception>
    public static CheckReport Check(string path, int maxConfigurations = Checker.DefaultMaxConfigurations)
    {
        var lines = File.ReadAllLines(path);
        var first = Array.Find(lines, static line => !string.IsNullOrWhiteSpace(line)) ?? "";
        return first.AsSpan().TrimStart().StartsWith('{')
            ? Checker.Check<TextModel, string, TextCall, string?>(default, TextLog.Read(path, lines), maxConfigurations, Line)
            : Checker.Check<RegisterModel, long?, RegisterCall, RegisterReply>(default, RegisterLog.Read(path, lines), maxConfigurations, Line);
    }

    private static string Line(long line) => $"line {line}";
}
