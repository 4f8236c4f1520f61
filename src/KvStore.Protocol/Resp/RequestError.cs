namespace KvStore.Protocol.Resp;

/// <summary>Why a request could not become a command.</summary>
public enum RequestErrorKind
{
    /// <summary>The stream is not the protocol; what follows cannot be framed, so the connection closes.</summary>
    Protocol,

    /// <summary>The request was well formed and skipped, because it exceeds a limit. The connection goes on.</summary>
    Limit,

    /// <summary>A text line that cannot be cut into arguments. It costs that line only.</summary>
    Line,
}

/// <summary>
/// Stands in a batch where the command would have stood, so that the error is answered in the order of the requests.
/// </summary>
/// <param name="Kind">What is to happen with the connection.</param>
/// <param name="Message">The error line without the leading <c>-</c>, beginning with its code (<c>ERR</c>).</param>
public sealed record RequestError(RequestErrorKind Kind, string Message)
{
    internal static RequestError InvalidMultibulkLength { get; } = Protocol("invalid multibulk length");

    internal static RequestError InvalidBulkLength { get; } = Protocol("invalid bulk length");

    internal static RequestError TooBigMultibulkCount { get; } = Protocol("too big mbulk count string");

    internal static RequestError TooBigBulkCount { get; } = Protocol("too big bulk count string");

    internal static RequestError MissingCrLf { get; } = Protocol("expected CRLF after bulk string");

    internal static RequestError UnbalancedQuotes { get; } =
        new(RequestErrorKind.Line, "ERR Protocol error: unbalanced quotes in request");

    /// <summary>True when nothing after this can be read.</summary>
    public bool Closes => Kind == RequestErrorKind.Protocol;

    internal static RequestError ExpectedDollar(byte got) =>
        // Redis prints the byte raw, and a line end inside an error as a blank.
        Protocol($"expected '$', got '{(got is (byte)'\r' or (byte)'\n' ? ' ' : (char)got)}'");

    internal static RequestError KeyTooLong(long bytes, RequestLimits limits) => Exceeds("key", bytes, limits.MaxKeyBytes);

    internal static RequestError ValueTooLong(long bytes, RequestLimits limits) => Exceeds("value", bytes, limits.MaxValueBytes);

    // What came until the limit was passed; how long the whole would have been is not known yet.
    internal static RequestError RequestTooLong(long bytes, RequestLimits limits) =>
        new(RequestErrorKind.Limit, $"ERR request of at least {bytes} bytes exceeds kv.limits.request ({limits.MaxRequestBytes} bytes)");

    internal static RequestError LineTooLong(RequestLimits limits) =>
        new(RequestErrorKind.Limit, $"ERR line exceeds kv.limits.line ({limits.MaxLineBytes} bytes)");

    internal static RequestError TooManyArguments(long count, RequestLimits limits) =>
        new(RequestErrorKind.Limit, $"ERR request of {count} arguments exceeds the limit of {limits.MaxArguments} arguments");

    private static RequestError Exceeds(string what, long bytes, int limit) =>
        new(RequestErrorKind.Limit, $"ERR {what} of {bytes} bytes exceeds kv.limits.{what} ({limit} bytes)");

    private static RequestError Protocol(string message) => new(RequestErrorKind.Protocol, "ERR Protocol error: " + message);
}
