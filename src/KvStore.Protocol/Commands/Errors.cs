namespace KvStore.Protocol.Commands;

/// <summary>Error lines that several commands give, in the words of Redis 7.0.15.</summary>
internal static class Errors
{
    public static ReadOnlySpan<byte> Syntax => "ERR syntax error"u8;

    public static ReadOnlySpan<byte> NotAnInteger => "ERR value is not an integer or out of range"u8;

    public static ReadOnlySpan<byte> InvalidCursor => "ERR invalid cursor"u8;

    public static ReadOnlySpan<byte> Overflow => "ERR increment or decrement would overflow"u8;

    public static ReadOnlySpan<byte> Loading => "LOADING KvStore is loading the dataset in memory"u8;

    public static ReadOnlySpan<byte> OutOfMemory => "OOM command not allowed when used memory > 'maxmemory'."u8;

    public static ReadOnlySpan<byte> Internal => "ERR internal error"u8;

    public static string WrongArity(CommandSpec spec) => $"ERR wrong number of arguments for '{spec.Name}' command";

    public static string InvalidExpireTime(CommandSpec spec) => $"ERR invalid expire time in '{spec.Name}' command";
}
