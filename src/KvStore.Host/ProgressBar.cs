using KvStore.Node;

namespace KvStore.Host;

/// <summary>Shows on a terminal how far a node has read its data folder, when that takes long enough for somebody to wonder.</summary>
internal sealed class ProgressBar : IDisposable
{
    private const int Width = 40;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly NodeEndpoints _endpoints;
    private readonly Timer? _timer;
    private bool _isShown;

    public ProgressBar(NodeEndpoints endpoints)
    {
        _endpoints = endpoints;
        if (!Console.IsOutputRedirected)
            _timer = new Timer(static bar => ((ProgressBar)bar!).Draw(), this, Patience, Interval);
    }

    public void Dispose() => _timer?.Dispose();

    private void Draw()
    {
        var recovered = _endpoints.Recovered;
        if (recovered is < 0 or >= 1)
        {
            _timer!.Dispose();
            if (_isShown)
                Console.Out.Write("\r" + new string(' ', Width + 20) + "\r");
            return;
        }
        _isShown = true;
        var done = (int)(recovered * Width);
        Console.Out.Write($"\rrecovering [{new string('#', done)}{new string('.', Width - done)}] {(int)(recovered * 100),3} %");
    }
}
