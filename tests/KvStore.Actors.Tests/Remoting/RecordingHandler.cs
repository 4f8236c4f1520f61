using System.Collections.Concurrent;
using System.Threading.Channels;
using KvStore.Actors.Remoting;

namespace KvStore.Actors.Tests.Remoting;

/// <summary>Keeps what a transport tells, so that a test can wait for it.</summary>
internal sealed class RecordingHandler : ITransportHandler
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Channel<string> _events = Channel.CreateUnbounded<string>();
    private readonly Channel<ReceivedFrame> _frames = Channel.CreateUnbounded<ReceivedFrame>();

    /// <summary>Called instead of keeping the frame, where set.</summary>
    public Action<PeerIdentity, ReceivedFrame>? Intercept { get; set; }

    public ConcurrentQueue<PeerIdentity> Peers { get; } = new();

    public void OnConnected(PeerIdentity peer, Lane lane, bool inbound)
    {
        Peers.Enqueue(peer);
        _events.Writer.TryWrite($"connected {lane} {(inbound ? "in" : "out")} uid {peer.Uid}");
    }

    public void OnFrame(PeerIdentity from, scoped in InboundFrame frame)
    {
        var received = new ReceivedFrame(frame.Recipient.Text, frame.Sender?.Text, frame.SerializerId, frame.Manifest.Text, frame.Payload.ToArray());
        if (Intercept is null)
            _frames.Writer.TryWrite(received);
        else
            Intercept(from, received);
    }

    public void OnDisconnected(PeerIdentity peer, Lane lane, bool inbound, string reason) =>
        _events.Writer.TryWrite($"disconnected {lane} {(inbound ? "in" : "out")} uid {peer.Uid}: {reason}");

    public void OnFailed(Address? remote, bool inbound, string reason) =>
        _events.Writer.TryWrite($"failed {(inbound ? "in" : "out")}: {reason}");

    public Task<ReceivedFrame> NextFrameAsync() => _frames.Reader.ReadAsync().AsTask().WaitAsync(Patience);

    /// <summary>The next event that contains the text; others are passed over.</summary>
    public async Task<string> NextEventAsync(string containing)
    {
        while (true)
        {
            var next = await _events.Reader.ReadAsync().AsTask().WaitAsync(Patience);
            if (next.Contains(containing, StringComparison.Ordinal))
                return next;
        }
    }
}

internal sealed record ReceivedFrame(string Recipient, string? Sender, int SerializerId, string Manifest, byte[] Payload);
