namespace KvStore.Actors.Remoting;

/// <summary>
/// Addresses on the wire:
/// <code>
/// address := text protocol | text system | text host | u16 port      ; an empty host means an address without host and port
/// text    := u16 length in bytes | UTF-8
/// </code>
/// </summary>
internal static class AddressCodec
{
    /// <summary>No protocol or system name in use comes near it.</summary>
    public const int MaxNameBytes = 255;

    /// <summary>The longest DNS name has 253 bytes.</summary>
    public const int MaxHostBytes = 255;

    /// <summary>Three empty texts and a port.</summary>
    public const int MinBytes = 8;

    public static void Write(WireWriter writer, Address address)
    {
        writer.Text(address.Protocol, MaxNameBytes, "protocol");
        writer.Text(address.System, MaxNameBytes, "system name");
        writer.Text(address.Host ?? "", MaxHostBytes, "host name");
        writer.UInt16(address.Port ?? 0, "port");
    }

    public static Address Read(ref WireReader reader)
    {
        var protocol = reader.Text(MaxNameBytes, "protocol");
        var system = reader.Text(MaxNameBytes, "system name");
        var host = reader.Text(MaxHostBytes, "host name");
        var port = reader.UInt16();
        return host.Length == 0 ? new Address(protocol, system) : new Address(protocol, system, host, port);
    }
}
