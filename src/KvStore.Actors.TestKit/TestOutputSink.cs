using KvStore.Actors.Event;
using Xunit.Abstractions;

namespace KvStore.Actors.TestKit;

/// <summary>Writes the log to the output of the test it belongs to.</summary>
internal sealed class TestOutputSink(ITestOutputHelper? output) : LogSink
{
    // What comes after the test's end has no output to go to; the helper throws then, and the system swallows that.
    public override void Write(LogEvent logEvent) => output?.WriteLine(logEvent.ToString());
}
