namespace KvStore.Actors;

/// <summary>
/// The receive timeout: one scheduled look at a time, which goes back to sleep when messages came meanwhile, so that a
/// message costs a time stamp and no scheduling.
/// </summary>
internal sealed partial class ActorCell
{
    private TimeSpan? _receiveTimeout;
    private ScheduledEntry? _receiveTimeoutEntry;
    private long _lastReceived;
    private int _receiveTimeoutGeneration;

    public TimeSpan? ReceiveTimeout => _receiveTimeout;

    public void SetReceiveTimeout(TimeSpan? timeout)
    {
        ClearReceiveTimeout();
        if (timeout is not { } span || span <= TimeSpan.Zero)
            return;
        _receiveTimeout = span;
        _lastReceived = SystemImpl.Time.GetTimestamp();
        ScheduleReceiveTimeout(span);
    }

    private void ClearReceiveTimeout()
    {
        _receiveTimeout = null;
        _receiveTimeoutGeneration++;
        _receiveTimeoutEntry?.Cancel();
        _receiveTimeoutEntry = null;
    }

    private void ScheduleReceiveTimeout(TimeSpan delay) =>
        _receiveTimeoutEntry = SystemImpl.Clock.Schedule(delay, null, _self, new ReceiveTimeoutDue(_receiveTimeoutGeneration), _self);

    private void TouchReceiveTimeout(object message)
    {
        if (message is not INotInfluenceReceiveTimeout)
            _lastReceived = SystemImpl.Time.GetTimestamp();
    }

    private void OnReceiveTimeoutDue(ReceiveTimeoutDue due)
    {
        if (due.Generation != _receiveTimeoutGeneration || _receiveTimeout is not { } span)
            return;
        var left = span - SystemImpl.Time.GetElapsedTime(_lastReceived);
        if (left > TimeSpan.Zero)
        {
            ScheduleReceiveTimeout(left);
            return;
        }
        _lastReceived = SystemImpl.Time.GetTimestamp();
        ScheduleReceiveTimeout(span);
        _message = KvStore.Actors.ReceiveTimeout.Instance;
        _sender = null;
        ReceiveMessage(_message);
    }
}
