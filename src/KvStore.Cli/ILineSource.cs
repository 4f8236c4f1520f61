namespace KvStore.Cli;

/// <summary>Gives the lines that a person types.</summary>
internal interface ILineSource
{
    /// <summary>Shows the prompt and returns the next line; null at the end (Ctrl-D).</summary>
    Task<byte[]?> ReadAsync(string prompt);
}
