namespace KvStore.Hocon.Tests;

/// <summary>Texts that stand in for files and environment variables.</summary>
internal static class Fixture
{
    public static HoconObject Parse(string text, params (string Name, string Value)[] environment) =>
        HoconDocument.Parse(text, "t.conf", Options(environment, []));

    public static HoconObject ParseFiles(string text, params (string Name, string Text)[] files) =>
        HoconDocument.Parse(text, "t.conf", Options([], files));

    /// <summary>What the error about a text says.</summary>
    public static string Error(string text) => Should.Throw<HoconException>(() => Parse(text)).Message;

    public static string Error(Action action) => Should.Throw<HoconException>(action).Message;

    private static HoconOptions Options((string Name, string Value)[] environment, (string Name, string Text)[] files) => new()
    {
        Environment = name => Array.Find(environment, v => v.Name == name).Value,
        Include = (name, _) => Array.Find(files, f => f.Name == name) is { Text: { } text } ? new HoconSource(name, text) : null,
    };
}
