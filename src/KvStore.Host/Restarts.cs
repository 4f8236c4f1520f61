namespace KvStore.Host;

/// <summary>
/// How often, and after which pauses, a node that was excluded begins anew: the first time soon, since most come back at once; then
/// more and more slowly, and not for ever, so that a supervisor sees that the process doesn't come back.
/// </summary>
internal sealed class Restarts
{
    /// <summary>With the pauses between them more than a minute: time enough for a port that another process has taken, or for a network that comes and goes.</summary>
    public const int MaxInARow = 10;

    /// <summary>A node that has served for so long has come back; what befalls it then is another story.</summary>
    public static readonly TimeSpan ServedLongEnough = TimeSpan.FromMinutes(1);

    /// <summary>The shortest pause.</summary>
    public static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(10);

    /// <summary>How many there were in a row.</summary>
    public int Count { get; private set; }

    /// <summary>The pause before the next one; null when there were enough.</summary>
    /// <param name="served">How long the node served before.</param>
    public TimeSpan? Next(TimeSpan served)
    {
        if (served >= ServedLongEnough)
            Count = 0;
        if (Count == MaxInARow)
            return null;
        var pause = FirstPause * Math.Pow(2, Count++);
        return pause < LongestPause ? pause : LongestPause;
    }
}
