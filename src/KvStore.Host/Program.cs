using KvStore.Host;

// Socket completions on the thread that polled them, and one such thread: together with the store that runs on its caller this
// saves two thread hops a command. It must be said before the first socket exists.
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS", "1");
Environment.SetEnvironmentVariable("DOTNET_SYSTEM_NET_SOCKETS_THREAD_COUNT", "1");

return await Commands.Create().Parse(args).InvokeAsync();
