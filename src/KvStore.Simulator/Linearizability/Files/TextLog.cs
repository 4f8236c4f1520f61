using KvStore.Simulator.Linearizability.Models;

namespace KvStore.Simulator.Linearizability.Files;

/// <summary>
/// Reads histories of a map of texts: on each line an event as <see cref="EventMap"/> reads it, with
/// <c>:process</c> (integer), <c>:type</c> (<c>:invoke :ok :fail :info</c>), <c>:f</c> (<c>:get :put :append</c>), <c>:key</c> and
/// <c>:value</c> (texts). A get is called with nil and ends with what it found; a put and an append repeat their value.
/// <c>:fail</c> did not happen, <c>:info</c> is of unknown outcome.
/// </summary>
internal static class TextLog
{
    /// <summary>Reads the lines of a file.</summary>
    /// <exception cref="HistoryFormatException">A line is not as above, or contradicts those before.</exception>
    public static History<TextCall, string?> Read(string file, IEnumerable<string> lines)
    {
        var recorder = new FileRecorder<TextCall, string?>(file);
        foreach (var line in lines)
        {
            recorder.Line++;
            if (!string.IsNullOrWhiteSpace(line))
                Read(recorder, Fields(recorder, line));
        }
        return recorder.Complete();
    }

    private static Dictionary<string, string?> Fields(FileRecorder<TextCall, string?> recorder, string line)
    {
        try
        {
            return EventMap.Parse(line);
        }
        catch (FormatException error)
        {
            throw recorder.Error(error.Message);
        }
    }

    private static void Read(FileRecorder<TextCall, string?> recorder, Dictionary<string, string?> fields)
    {
        var process = recorder.Process(fields.GetValueOrDefault(":process"));
        var type = fields.GetValueOrDefault(":type");
        var key = fields.GetValueOrDefault(":key") ?? throw recorder.Error("there is no :key");
        var verb = Verb(recorder, fields.GetValueOrDefault(":f"));
        var value = fields.GetValueOrDefault(":value");
        if (type == ":invoke")
        {
            if (verb != TextVerb.Get && value is null)
                throw recorder.Error($"a {verb} without a :value");
            recorder.Invoke(process, key, new TextCall(verb, verb == TextVerb.Get ? "" : value!));
            return;
        }
        var (ticket, calledKey, call) = recorder.End(process);
        if (call.Verb != verb || calledKey != key)
            throw recorder.Error($"process {process} called {call} of {calledKey}, and {verb} of {key} ends");
        switch (type)
        {
            case ":ok" when verb == TextVerb.Get:
                recorder.History.Return(ticket, value ?? throw recorder.Error("a get that found no :value"), recorder.Line);
                break;
            case ":ok" when value != call.Value:
                throw recorder.Error($"process {process} called {call}, and another value ends");
            case ":ok":
                recorder.History.Return(ticket, output: null, recorder.Line);
                break;
            default:
                recorder.EndUnanswered(ticket, type);
                break;
        }
    }

    private static TextVerb Verb(FileRecorder<TextCall, string?> recorder, string? verb) => verb switch
    {
        ":get" => TextVerb.Get,
        ":put" => TextVerb.Put,
        ":append" => TextVerb.Append,
        _ => throw recorder.Error($"'{verb}' is no operation of a map"),
    };
}
