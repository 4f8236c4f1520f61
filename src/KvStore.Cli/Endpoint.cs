using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace KvStore.Cli;

/// <summary>Where the server listens.</summary>
internal sealed record Endpoint(string Host, int Port)
{
    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]:{Port}" : $"{Host}:{Port}";

    /// <summary>
    /// Takes an endpoint from the front of <paramref name="words"/>, and says how many words it took.
    /// <code>endpoint = port | host ":" port | "[" ipv6 "]:" port | host port | ipv6 port | "[" ipv6 "]" port</code>
    /// </summary>
    /// <exception cref="UsageException">There is none, or its port is not one.</exception>
    public static Endpoint Take(ReadOnlySpan<string> words, out int taken)
    {
        var first = words[0];
        taken = 1;
        if (first.Length > 0 && !first.AsSpan().ContainsAnyExceptInRange('0', '9'))
            return new Endpoint("localhost", PortOf(first));
        var colon = first.LastIndexOf(':');
        var isBareIPv6 = !first.StartsWith('[') && IPAddress.TryParse(first, out var ip) && ip.AddressFamily == AddressFamily.InterNetworkV6;
        if (colon >= 0 && !isBareIPv6 && !first.EndsWith(']'))
            return new Endpoint(HostOf(first[..colon], first), PortOf(first[(colon + 1)..]));
        if (words.Length < 2 || words[1].Length == 0 || words[1].AsSpan().ContainsAnyExceptInRange('0', '9'))
            throw new UsageException($"'{first}' names no port: write {first} 6100, or {(isBareIPv6 ? $"[{first}]" : first)}:6100");
        taken = 2;
        return new Endpoint(HostOf(first, first), PortOf(words[1]));
    }

    private static string HostOf(string host, string whole)
    {
        if (host.StartsWith('[') && host.EndsWith(']'))
            host = host[1..^1];
        return host.Length > 0 ? host : throw new UsageException($"'{whole}' names no host");
    }

    private static int PortOf(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is > 0 and <= 65535
            ? port
            : throw new UsageException($"'{text}' is not a port: one is a number from 1 to 65535");
}
