using KvStore.Simulator.Linearizability.Models;

namespace KvStore.Simulator.Linearizability;

/// <summary>
/// Records the commands of a simulation's clients and checks that their replies are linearizable, key by key. What is
/// recorded first happened first, also within one instant of virtual time: a client that goes on in the instant of its
/// reply is ordered after it.
/// <para>
/// Expiry: at which instant a key goes depends on when within its call the command was executed, and by whose clock; the
/// model knows neither. So each command that sets an expiry adds one operation more, a lapse, that takes the key away if it
/// is still under that expiry, and does nothing if it is not. It may happen from the earliest instant that any clock
/// allows on, and where a bound is given it must have happened by the latest: call + time to live − early to
/// return + time to live + late (of an absolute time: that time − early to it + late). What is found within the
/// window may thus be the value or nothing, but never the value again after nothing; past the window, nothing. This accepts
/// what an exact treatment would: no false alarm, and only what depends on the exact instant within a window goes unseen.
/// The lapse of a command of unknown outcome may come late without bound, since so may the command.
/// </para>
/// </summary>
internal sealed class StoreHistory
{
    private const int Store = -1;

    private readonly History<KeyCommand, KeyReply> _history = new();
    private readonly List<KeyCommand> _commands = [];
    private readonly List<long> _instantsMs = [];
    private readonly long _earlyMs;
    private readonly long? _lateMs;

    /// <summary>Creates an empty history.</summary>
    /// <param name="earlyMs">
    /// By how much a key may go before its time: at least the largest difference between two nodes' clocks, and between a
    /// node's clock and virtual time.
    /// </param>
    /// <param name="lateMs">By how much it may go later; null when a key that is due may stay for ever.</param>
    public StoreHistory(long earlyMs = 0, long? lateMs = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(earlyMs);
        ArgumentOutOfRangeException.ThrowIfNegative(lateMs ?? 0, nameof(lateMs));
        _earlyMs = earlyMs;
        _lateMs = lateMs;
    }

    /// <summary>How many commands were recorded.</summary>
    public int Count => _commands.Count;

    /// <summary>A client sends a command; returns the ticket by which its end is told.</summary>
    /// <param name="client">Who; not negative.</param>
    /// <param name="arguments">Name, key and arguments, one character a byte.</param>
    /// <param name="nowMs">Virtual time, which never decreases.</param>
    /// <exception cref="NotSupportedException">There is no model of the command. Nothing was recorded.</exception>
    public int Call(int client, IReadOnlyList<string> arguments, long nowMs)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(client);
        var command = KeyCommand.Parse(arguments);
        if (command.Expiry is not null)
            command = command with { Deadline = _commands.Count + 1 };
        _commands.Add(command);
        return _history.Call(client, arguments[1], command, Next(nowMs));
    }

    /// <summary>The command was answered, with a value or with an error that belongs to it, such as INCR of a word.</summary>
    public void Return(int ticket, KeyReply reply, long nowMs) =>
        _history.Return(ticket, KeyModel.Comparable(_commands[ticket], reply), Next(nowMs));

    /// <summary>The command was refused in words that promise it is not and will not be applied.</summary>
    public void Fail(int ticket) => _history.Fail(ticket);

    /// <summary>
    /// What became of the command stays open: no answer, or an error that says so. What is neither returned, failed nor lost in
    /// the end counts the same.
    /// </summary>
    public void Lose(int ticket) => _history.Lose(ticket);

    /// <summary>Checks what was recorded so far.</summary>
    /// <param name="maxConfigurations">The bound on the work for each key.</param>
    public CheckReport Check(int maxConfigurations = Checker.DefaultMaxConfigurations) =>
        Checker.Check<KeyModel, KeyState, KeyCommand, KeyReply>(default, WithLapses(), maxConfigurations, at => $"{InstantMs(at)} ms");

    // Events lie at even places, so that a lapse fits between any two of them.
    private long Next(long nowMs)
    {
        if (_instantsMs.Count > 0 && nowMs < _instantsMs[^1])
            throw new ArgumentOutOfRangeException(nameof(nowMs), nowMs, $"The time was {_instantsMs[^1]} ms before.");
        _instantsMs.Add(nowMs);
        return _instantsMs.Count * 2L;
    }

    private long InstantMs(long place) => _instantsMs[(int)Math.Max(0, (place / 2) - 1)];

    private History<KeyCommand, KeyReply> WithLapses()
    {
        var all = new History<KeyCommand, KeyReply>();
        foreach (var key in _history.Keys)
        {
            foreach (var operation in _history.Of(key))
            {
                all.Add(key, operation);
                if (operation.Outcome != Outcome.Failed && operation.Input.Expiry is { } expiry && Lapse(operation, expiry) is { } lapse)
                    all.Add(key, lapse);
            }
        }
        return all;
    }

    // Null when the recording ends before it can happen.
    private Operation<KeyCommand, KeyReply>? Lapse(Operation<KeyCommand, KeyReply> cause, KeyExpiry expiry)
    {
        var lapse = new KeyCommand(KeyVerb.Lapse) { Deadline = cause.Input.Deadline };
        var earliestMs = (expiry.IsAbsolute ? 0 : InstantMs(cause.Call)) + expiry.Ms - _earlyMs;
        var call = Math.Max(cause.Call, (EventsBefore(earliestMs) * 2) + 1);
        if (call > _instantsMs.Count * 2L)
            return null;
        if (_lateMs is { } lateMs && cause.IsKnown)
        {
            var latestMs = (expiry.IsAbsolute ? 0 : InstantMs(cause.Return)) + expiry.Ms + lateMs;
            var events = EventsBefore(latestMs + 1);
            if (events < _instantsMs.Count)
                return new(Store, lapse, KeyReply.Ok, call, Math.Max(cause.Return, (events * 2) + 1), Outcome.Ok);
        }
        return new(Store, lapse, default, call, Operation<KeyCommand, KeyReply>.Never, Outcome.Unknown);
    }

    private long EventsBefore(long instantMs)
    {
        var (from, to) = (0, _instantsMs.Count);
        while (from < to)
        {
            var middle = (from + to) / 2;
            if (_instantsMs[middle] < instantMs)
                from = middle + 1;
            else
                to = middle;
        }
        return from;
    }
}
