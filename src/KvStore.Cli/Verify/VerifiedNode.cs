using KvStore.Protocol.Client;

namespace KvStore.Cli.Verify;

/// <summary>One node whose data is compared: what it says of itself, and how to ask it.</summary>
internal sealed class VerifiedNode(string name, string endpoint) : IDisposable
{
    private KvConnection? _connection;

    /// <summary>Its name, as it says itself, or as others call it.</summary>
    public string Name { get; private set; } = name;

    /// <summary>Where clients reach it; empty where that is not known.</summary>
    public string Endpoint { get; } = endpoint;

    /// <summary>Why it can't be compared; null while it can.</summary>
    public string? Problem { get; private set; }

    /// <summary>Its answer to DIGEST; null where there is none.</summary>
    public Reply? Digest { get; private set; }

    /// <summary>Asks for the digest, over a new connection where there is none.</summary>
    public async Task LookAsync(TimeSpan timeout)
    {
        try
        {
            if (Endpoint.Length == 0)
                throw new NoConnectionException("where clients reach it is not known");
            _connection ??= await KvConnection.OpenAsync(Cli.Endpoint.Take([Endpoint], out _), timeout);
            Digest = await _connection.AskAsync("KVDATA", "DIGEST");
            Name = Digest.Text("name");
            Problem = Digest.Number("ready") != 0 ? null : "it is loading";
        }
        catch (Exception error) when (error is NoConnectionException or RefusedException or UsageException)
        {
            Problem = error.Message;
        }
    }

    /// <summary>The digests of all partitions.</summary>
    public async Task<string[]> PartitionsAsync() => Texts(await Connection.AskAsync("KVDATA", "DIGEST", "PARTITIONS"));

    /// <summary>The digests of the slots of a partition.</summary>
    public async Task<string[]> SlotsAsync(int partition) => Texts(await Connection.AskAsync("KVDATA", "DIGEST", "SLOTS", $"{partition}"));

    /// <summary>The entries of a slot by key, each byte of a key as a character; null for more than <paramref name="most"/>.</summary>
    public async Task<IReadOnlyDictionary<string, SlotEntry>?> KeysAsync(int slot, int most)
    {
        var entries = new Dictionary<string, SlotEntry>(StringComparer.Ordinal);
        var cursor = "0";
        do
        {
            var page = (await Connection.AskAsync("KVDATA", "DIGEST", "KEYS", $"{slot}", cursor)).Array(2);
            cursor = page[0].ToString();
            foreach (var item in page[1].Items)
            {
                var parts = item.Array(4);
                entries[System.Text.Encoding.Latin1.GetString(parts[0].Bytes.Span)] = new SlotEntry(parts[1].ToString(), parts[2].ToString(), parts[3].ToString());
            }
            if (entries.Count > most)
                return null;
        }
        while (cursor != "0");
        return entries;
    }

    /// <inheritdoc/>
    public void Dispose() => _connection?.Dispose();

    private KvConnection Connection => _connection!;

    private static string[] Texts(Reply reply) => [.. reply.Items.Select(static i => i.ToString())];
}

/// <summary>What a node has under a key. Kind is for people: a value that expires is one on one node and a tombstone on the next, and the same.</summary>
internal readonly record struct SlotEntry(string Version, string Kind, string Hash)
{
    /// <summary>True where a sound cluster has the same.</summary>
    public bool IsSame(SlotEntry other) => Version == other.Version && Hash == other.Hash;
}
