using System.Buffers;
using System.Text;
using KvStore.Protocol.Resp;

namespace KvStore.Protocol.Tests.Resp;

/// <summary>Feeds bytes to a parser in pieces and writes down what came out, in a form that can be compared.</summary>
internal static class ParsedRequests
{
    public static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    /// <summary>All requests of the input: <c>resp[GET|a]</c>, <c>text[GET|a]</c>, <c>error(ERR …)</c>.</summary>
    public static List<string> Of(RequestLimits limits, params IEnumerable<byte[]> pieces)
    {
        var parser = new RequestParser(limits);
        var batch = new CommandBatch(limits);
        var requests = new List<string>();
        foreach (var piece in pieces)
        {
            // Each piece lies in the middle of an array of its own, and is spoilt once the batch is reset, as a pipe's memory is.
            var memory = new byte[piece.Length + 7];
            piece.CopyTo(memory, 3);
            var at = 0;
            do
            {
                at += parser.Parse(memory.AsMemory(3 + at, piece.Length - at), batch);
                Describe(batch, requests);
                batch.Reset();
            }
            while (at < piece.Length);
            Array.Fill(memory, (byte)'#');
        }
        return requests;
    }

    /// <summary>The same, of one sequence of segments.</summary>
    public static List<string> OfSequence(RequestLimits limits, IEnumerable<byte[]> segments)
    {
        var parser = new RequestParser(limits);
        var batch = new CommandBatch(limits);
        var requests = new List<string>();
        var rest = Segment.Chain(segments);
        while (!rest.IsEmpty)
        {
            rest = rest.Slice(parser.Parse(rest, batch));
            Describe(batch, requests);
            batch.Reset();
        }
        return requests;
    }

    public static void Describe(CommandBatch batch, List<string> requests)
    {
        for (var i = 0; i < batch.Count; i++)
        {
            ref readonly var request = ref batch[i];
            if (request.Error is not null)
            {
                requests.Add($"error({request.Error.Message})");
                continue;
            }
            var arguments = new List<string>();
            for (var j = 0; j < request.ArgumentCount; j++)
                arguments.Add(Encoding.Latin1.GetString(batch.Argument(i, j)));
            requests.Add($"{(request.IsText ? "text" : "resp")}[{string.Join('|', arguments)}]{request.Spec?.Name}");
        }
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        private Segment(byte[] bytes, long index)
        {
            Memory = bytes;
            RunningIndex = index;
        }

        public static ReadOnlySequence<byte> Chain(IEnumerable<byte[]> pieces)
        {
            Segment? first = null;
            Segment? last = null;
            foreach (var piece in pieces)
            {
                var next = new Segment(piece, last is null ? 0 : last.RunningIndex + last.Memory.Length);
                first ??= next;
                if (last is not null)
                    last.Next = next;
                last = next;
            }
            return first is null ? default : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
        }
    }
}
