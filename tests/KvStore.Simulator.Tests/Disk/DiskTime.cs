namespace KvStore.Simulator.Tests.Disk;

/// <summary>Virtual time for one disk: what was put off, by its time and then in the order of the calls.</summary>
internal sealed class DiskTime
{
    private readonly PriorityQueue<Action, (TimeSpan At, long Number)> _actions = new();
    private long _number;

    public TimeSpan Now { get; private set; }

    public void Later(TimeSpan delay, Action action) => _actions.Enqueue(action, (Now + delay, _number++));

    public bool RunOne()
    {
        if (!_actions.TryDequeue(out var action, out var priority))
            return false;
        Now = priority.At;
        action();
        return true;
    }

    public void Run()
    {
        while (RunOne())
        {
        }
    }
}
