using System.Globalization;

namespace KvStore.Actors;

/// <summary>
/// Where an actor system is: <c>protocol://system@host:port</c>. Host and port are absent for a system that cannot be
/// reached from outside. Shape and text form are Akka.NET's <c>Akka.Actor.Address</c>.
/// </summary>
public sealed class Address : IEquatable<Address>, IComparable<Address>, ICloneable
{
    /// <summary>An address that stands for every actor system.</summary>
    public static readonly Address AllSystems = new("akka", "all-systems");

    /// <summary>Orders addresses by protocol, system, host and port.</summary>
    public static readonly IComparer<Address> Comparer = Comparer<Address>.Default;

    private string? _text;
    private int _hash;

    /// <summary>Creates an address; a null <paramref name="host"/> or <paramref name="port"/> means local scope.</summary>
    public Address(string protocol, string system, string? host = null, int? port = null)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        ArgumentNullException.ThrowIfNull(system);
        Protocol = protocol;
        System = system;
        Host = host?.ToLowerInvariant();
        Port = port;
    }

    /// <summary>The transport's name, such as <c>akka.tcp</c>.</summary>
    public string Protocol { get; }

    /// <summary>The actor system's name.</summary>
    public string System { get; }

    /// <summary>The host name or IP address, in lower case; null for a local address.</summary>
    public string? Host { get; }

    /// <summary>The TCP port; null for a local address.</summary>
    public int? Port { get; }

    /// <summary>True when the address has no host and so means nothing outside its own process.</summary>
    public bool HasLocalScope => string.IsNullOrEmpty(Host);

    /// <summary>True when the address can be reached from another process.</summary>
    public bool HasGlobalScope => !string.IsNullOrEmpty(Host);

    /// <summary>Parses <c>protocol://system[@host:port]</c>; a path behind it is ignored.</summary>
    /// <exception cref="UriFormatException">The text is not an address.</exception>
    public static Address Parse(string address) =>
        TryParse(address, out var result) ? result : throw new UriFormatException($"'{address}' is not an address of the form protocol://system@host:port");

    /// <summary>As <see cref="Parse"/>, with false instead of an exception.</summary>
#nullable disable annotations // Akka.NET does not say that it may be null, and one source has to compile on both.
    public static bool TryParse(string path, out Address address)
#nullable restore annotations
    {
        address = null;
        if (string.IsNullOrEmpty(path))
            return false;
        var scheme = path.IndexOf("://", StringComparison.Ordinal);
        if (scheme <= 0)
            return false;
        var protocol = path[..scheme];
        var authority = path[(scheme + 3)..];
        var slash = authority.IndexOf('/', StringComparison.Ordinal);
        if (slash >= 0)
            authority = authority[..slash];
        var at = authority.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
        {
            if (authority.Length == 0)
                return false;
            address = new Address(protocol, authority);
            return true;
        }
        var colon = authority.LastIndexOf(':');
        if (at == 0 || colon <= at + 1)
            return false;
        if (!int.TryParse(authority.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port > 65535)
            return false;
        address = new Address(protocol, authority[..at], authority[(at + 1)..colon], port);
        return true;
    }

    /// <summary>This address with another protocol.</summary>
    public Address WithProtocol(string protocol) => new(protocol, System, Host, Port);

    /// <summary>This address with another system name.</summary>
    public Address WithSystem(string system) => new(Protocol, system, Host, Port);

    /// <summary>This address with another host.</summary>
    public Address WithHost(string? host = null) => new(Protocol, System, host, Port);

    /// <summary>This address with another port.</summary>
    public Address WithPort(int? port = null) => new(Protocol, System, Host, port);

    /// <summary>The part behind the protocol: <c>system@host:port</c>.</summary>
    public string HostPort() => HasLocalScope ? System : $"{System}@{Host}:{Port}";

    /// <inheritdoc/>
    public object Clone() => new Address(Protocol, System, Host, Port);

    /// <inheritdoc/>
    public override string ToString() => _text ??= $"{Protocol}://{HostPort()}";

    /// <inheritdoc/>
    public bool Equals(Address? other) =>
        other is not null
        && Port == other.Port
        && string.Equals(Host, other.Host, StringComparison.Ordinal)
        && string.Equals(System, other.System, StringComparison.Ordinal)
        && string.Equals(Protocol, other.Protocol, StringComparison.Ordinal);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as Address);

    /// <inheritdoc/>
    /// <remarks>The same in every process, so that sets of addresses have one order and a simulated run replays in another one.</remarks>
    public override int GetHashCode()
    {
        if (_hash == 0)
            _hash = StableHash(ToString()) | 1;
        return _hash;
    }

    /// <inheritdoc/>
    public int CompareTo(Address? other)
    {
        if (other is null)
            return 1;
        var order = string.CompareOrdinal(Protocol, other.Protocol);
        if (order == 0)
            order = string.CompareOrdinal(System, other.System);
        if (order == 0)
            order = string.CompareOrdinal(Host, other.Host);
        return order != 0 ? order : Nullable.Compare(Port, other.Port);
    }

    // FNV-1a.
    private static int StableHash(string text)
    {
        var hash = 2166136261u;
        foreach (var c in text)
            hash = (hash ^ c) * 16777619u;
        return (int)hash;
    }

    /// <summary>Equal in all four parts.</summary>
    public static bool operator ==(Address? left, Address? right) => Equals(left, right);

    /// <summary>Different in any part.</summary>
    public static bool operator !=(Address? left, Address? right) => !Equals(left, right);
}
