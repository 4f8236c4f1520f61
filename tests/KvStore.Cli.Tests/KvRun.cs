using System.Text;

namespace KvStore.Cli.Tests;

/// <summary>Runs <c>kv</c> and keeps what it prints; it never waits between two looks.</summary>
internal sealed class KvRun
{
    private readonly MemoryStream _output = new();
    private readonly MemoryStream _error = new();

    public string Output => Encoding.UTF8.GetString(_output.ToArray());

    public string Error => Encoding.UTF8.GetString(_error.ToArray());

    /// <summary>Called instead of each wait.</summary>
    public Action OnPause { get; set; } = static () => { };

    /// <summary>What a person types at the prompt; null for nobody there.</summary>
    public string? Typed { get; set; }

    public Task<int> RunAsync(params string[] words)
    {
        _output.SetLength(0);
        _error.SetLength(0);
        return KvCommand.RunAsync(words, new Terminal(Stream.Null, _output, _error)
        {
            Prompt = Typed is { } typed ? () => new TypedLine(typed) : null,
            Pause = _ =>
            {
                OnPause();
                return Task.CompletedTask;
            },
        });
    }

    private sealed class TypedLine(string typed) : ILineSource
    {
        public Task<byte[]?> ReadAsync(string prompt) => Task.FromResult<byte[]?>(Encoding.UTF8.GetBytes(typed));
    }
}
