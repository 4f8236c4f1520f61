using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Unicode;
using KvStore.Protocol.Client;

namespace KvStore.Cli;

/// <summary>
/// Prints a reply as one line of JSON: strings, numbers, true, false, null, arrays, maps as objects;
/// <c>{"error": "…"}</c>, and <c>{"base64": "…"}</c> for bytes that are not UTF-8.
/// </summary>
internal static class JsonPrinter
{
    public static void Write(ArrayBufferWriter<byte> output, Reply reply)
    {
        using (var json = new Utf8JsonWriter(output, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
            Write(json, reply);
        output.Write("\n"u8);
    }

    private static void Write(Utf8JsonWriter json, Reply reply)
    {
        switch (reply.Kind)
        {
            case ReplyKind.Null:
                json.WriteNullValue();
                break;
            case ReplyKind.Integer:
                json.WriteNumberValue(reply.Integer);
                break;
            case ReplyKind.Boolean:
                json.WriteBooleanValue(reply.Integer != 0);
                break;
            case ReplyKind.Double when double.TryParse(reply.Bytes.Span, out var number) && double.IsFinite(number):
                json.WriteNumberValue(number);
                break;
            case ReplyKind.Map:
                WriteMap(json, reply.Items);
                break;
            case ReplyKind.Array or ReplyKind.Set or ReplyKind.Push:
                json.WriteStartArray();
                foreach (var item in reply.Items)
                    Write(json, item);
                json.WriteEndArray();
                break;
            case ReplyKind.Error:
                json.WriteStartObject();
                json.WriteString("error"u8, reply.ToString());
                json.WriteEndObject();
                break;
            default:
                WriteBytes(json, reply.Bytes.Span);
                break;
        }
    }

    private static void WriteMap(Utf8JsonWriter json, IReadOnlyList<Reply> items)
    {
        json.WriteStartObject();
        for (var i = 0; i < items.Count; i += 2)
        {
            json.WritePropertyName(items[i].ToString());
            Write(json, items[i + 1]);
        }
        json.WriteEndObject();
    }

    private static void WriteBytes(Utf8JsonWriter json, ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            json.WriteStringValue(bytes);
            return;
        }
        json.WriteStartObject();
        json.WriteBase64String("base64"u8, bytes);
        json.WriteEndObject();
    }
}
