using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace KvStore.Cli.Verify;

/// <summary>What a comparison came to.</summary>
internal enum Verdict
{
    /// <summary>Not told.</summary>
    None,

    /// <summary>Every slot was seen to be the same on all nodes.</summary>
    Identical,

    /// <summary>Some slots differ, and not because of writes that are under way.</summary>
    Differs,

    /// <summary>Writes to the same slots went on for as long as it looked.</summary>
    Unsettled,
}

/// <summary>What <c>kv verify</c> prints: a line for each node, and the verdict; where they differ, the first slots and keys.</summary>
internal sealed class VerifyReport(IReadOnlyList<VerifiedNode> nodes)
{
    /// <summary>What the comparison came to.</summary>
    public Verdict Verdict { get; set; }

    /// <summary>Why it did not come to an end; null when it did.</summary>
    public string? Problem { get; set; }

    /// <summary>All slots that differ.</summary>
    public IReadOnlyList<int> Differing { get; set; } = [];

    /// <summary>The first of them, with keys.</summary>
    public List<DifferingSlot> Slots { get; } = [];

    /// <summary>True when all nodes could be compared, and are the same.</summary>
    public bool IsIdentical => Verdict == Verdict.Identical && Problem is null && nodes.All(static n => n.Problem is null);

    private bool HasSeveralDigests =>
        nodes.Where(static n => n.Problem is null).Select(static n => n.Digest!.Text("digest")).Distinct(StringComparer.Ordinal).Skip(1).Any();

    /// <summary>Prints it all.</summary>
    public void Print(bool json, Terminal terminal)
    {
        if (json)
        {
            PrintJson(terminal);
            return;
        }
        foreach (var node in nodes)
            terminal.WriteLine(Line(node));
        foreach (var slot in Slots)
            Print(slot, terminal);
        if (Problem is not null)
            terminal.WriteError($"kv: {Problem}");
        terminal.WriteLine(Summary());
    }

    private static string Line(VerifiedNode node)
    {
        var where = node.Endpoint.Length > 0 && node.Endpoint != node.Name ? $"{node.Name} ({node.Endpoint})" : node.Name;
        if (node.Digest is not { } digest)
            return $"{where} | not compared: {node.Problem}";
        return $"{where} | {digest.Number("keys")} keys | {digest.Number("entries")} entries | {digest.Text("digest")} | "
            + (node.Problem is null ? "ready" : $"not compared: {node.Problem}");
    }

    private static void Print(DifferingSlot slot, Terminal terminal)
    {
        if (slot.Keys is null)
        {
            terminal.WriteLine($"slot {slot.Slot}: too many keys to compare one by one");
            return;
        }
        terminal.WriteLine($"slot {slot.Slot}: {slot.Count} {(slot.Count == 1 ? "key differs" : "keys differ")}{(slot.Count > slot.Keys.Count ? $", the first {slot.Keys.Count} are" : "")}");
        foreach (var key in slot.Keys)
        {
            terminal.WriteLine($"  {KeyText.Of(Encoding.Latin1.GetBytes(key.Key))}");
            foreach (var (node, entry) in key.Entries)
                terminal.WriteLine($"    {node}: {(entry is { } held ? $"{held.Version} {held.Kind} {held.Hash}" : "absent")}");
        }
    }

    private string Summary()
    {
        var left = nodes.Count(static n => n.Problem is not null);
        var compared = nodes.Count - left;
        var incomplete = left > 0 ? $"; {left} of {nodes.Count} nodes could not be compared" : "";
        if (compared < 2 && (left > 0 || Problem is not null))
            return "nothing was compared" + incomplete;
        return (Verdict switch
        {
            Verdict.Identical when compared < 2 => "identical: there is one node",
            Verdict.Identical when HasSeveralDigests => "identical, slot by slot: what was written meanwhile makes the digests above differ",
            Verdict.Identical => "identical",
            Verdict.Differs => "differs: " + Differences(),
            Verdict.Unsettled => "can't tell: the same slots were written for as long as it looked; try again when there are fewer writes",
            _ => "can't tell",
        }) + incomplete;
    }

    private string Differences()
    {
        var slots = Differing.Count(static s => s != SlotComparison.Floor);
        var floors = string.Join(", ", nodes.Where(static n => n.Digest is not null).Select(static n => $"{n.Name} {n.Digest!.Text("floor")}"));
        var floor = Differing.Contains(SlotComparison.Floor) ? $"a FLUSHALL did not reach every node (floors: {floors})" : "";
        return slots == 0 ? floor : $"{slots} {(slots == 1 ? "slot" : "slots")}{(floor.Length > 0 ? ", and " + floor : "")}";
    }

    private void PrintJson(Terminal terminal)
    {
        var text = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(text, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteString("verdict", Verdict.ToString().ToLowerInvariant());
            json.WriteBoolean("identical", IsIdentical);
            if (Problem is not null)
                json.WriteString("problem", Problem);
            json.WriteStartArray("nodes");
            foreach (var node in nodes)
                Write(json, node);
            json.WriteEndArray();
            json.WriteNumber("differing-slots", Differing.Count(static s => s != SlotComparison.Floor));
            json.WriteStartArray("slots");
            foreach (var slot in Slots)
                Write(json, slot);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        text.Write("\n"u8);
        terminal.WriteOutput(text.WrittenSpan);
    }

    private static void Write(Utf8JsonWriter json, VerifiedNode node)
    {
        json.WriteStartObject();
        json.WriteString("name", node.Name);
        json.WriteString("gateway", node.Endpoint);
        if (node.Digest is { } digest)
        {
            json.WriteNumber("keys", digest.Number("keys"));
            json.WriteNumber("entries", digest.Number("entries"));
            json.WriteString("floor", digest.Text("floor"));
            json.WriteString("digest", digest.Text("digest"));
        }
        if (node.Problem is not null)
            json.WriteString("problem", node.Problem);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, DifferingSlot slot)
    {
        json.WriteStartObject();
        json.WriteNumber("slot", slot.Slot);
        json.WriteNumber("differing-keys", slot.Count);
        json.WriteStartArray("keys");
        foreach (var key in slot.Keys ?? [])
        {
            json.WriteStartObject();
            json.WriteString("key", KeyText.Of(Encoding.Latin1.GetBytes(key.Key)));
            foreach (var (node, entry) in key.Entries)
                json.WriteString(node, entry is { } held ? $"{held.Version} {held.Kind} {held.Hash}" : "absent");
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
