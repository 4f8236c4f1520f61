using KvStore.Actors.Bench;

// Before any socket exists: as the host of a store does, see docs/performance.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
if (args is ["child", var role, .. var rest])
    return await Child.Run(role, rest is [var seed] ? seed : null);
if (args is not ([] or ["--short"]))
{
    await Console.Error.WriteLineAsync("usage: KvStore.Actors.Bench [--short]");
    return 2;
}
var report = new Report(args is ["--short"]);
Report.Header();
await LocalWork.Run(report);
await RemoteWork.OneWay(report);
await RemoteWork.Publish(report);
return report.End();
