using System.CommandLine;
using KvStore.Host;

// Socket completions on the thread that polled them, and one such thread: together with the store that runs on its caller this
// saves two thread hops a command. It must be said before the first socket exists.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1");

// Signals are handled where there is something to leave in order; the library's own handling would only delay the exit.
return await Commands.Create().Parse(args).InvokeAsync(new InvocationConfiguration { ProcessTerminationTimeout = null });
