using System.Runtime.Serialization;
using System.Text;

namespace KvStore.Actors.Serialization;

/// <summary>
/// What actors say to each other about life and death, and what wraps other messages; number 16.
/// <code>
/// manifest  message                 body
/// PP K      PoisonPill, Kill        empty
/// ID        Identify                payload
/// AID       ActorIdentity           payload path
/// SS        Status.Success          payload
/// SF        Status.Failure          text text         (type and message of the cause)
/// SEL       ActorSelectionMessage   count text* payload
/// T         Terminated              path flags        (1 existence confirmed, 2 address terminated)
/// W UW      Watch, Unwatch          path path         (watchee, watcher)
/// TERM      Terminate               empty
/// DWN       DeathWatchNotification  path flags
/// REF       a reference             path
/// payload = 0 | 1 number(int32) manifest(text) length(int32) bytes
/// text    = length (7-bit groups) UTF-8, path = text
/// </code>
/// </summary>
internal sealed class ControlSerializer(ExtendedActorSystem system, Serialization serialization) : SerializerWithStringManifest(system)
{
    internal static readonly Type[] Types =
    [
        typeof(PoisonPill), typeof(Kill), typeof(Identify), typeof(ActorIdentity), typeof(Status.Success), typeof(Status.Failure),
        typeof(ActorSelectionMessage), typeof(Terminated), typeof(Watch), typeof(Unwatch), typeof(DeathWatchNotification), typeof(Terminate), typeof(IActorRef),
    ];

    /// <summary>A payload may hold a payload: this deep and no deeper, or a hostile frame ends the stack.</summary>
    private const int MaxDepth = 16;

    private const byte ExistenceConfirmed = 1;
    private const byte AddressTerminated = 2;

    [ThreadStatic]
    private static int t_depth;

    public override int Identifier => 16;

    public override string Manifest(object o) => o switch
    {
        PoisonPill => "PP",
        Kill => "K",
        Identify => "ID",
        ActorIdentity => "AID",
        Status.Success => "SS",
        Status.Failure => "SF",
        ActorSelectionMessage => "SEL",
        Terminated => "T",
        Watch => "W",
        Unwatch => "UW",
        DeathWatchNotification => "DWN",
        Terminate => "TERM",
        IActorRef => "REF",
        _ => throw new ArgumentException($"{o.GetType()} is no control message.", nameof(o)),
    };

    public override byte[] ToBinary(object obj)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        switch (obj)
        {
            case Identify identify:
                WritePayload(writer, identify.MessageId);
                break;
            case ActorIdentity identity:
                WritePayload(writer, identity.MessageId);
                WriteRef(writer, identity.Subject);
                break;
            case Status.Success success:
                WritePayload(writer, success.Status);
                break;
            case Status.Failure failure:
                writer.Write(failure.Cause.GetType().FullName ?? failure.Cause.GetType().Name);
                writer.Write(failure.Cause.Message);
                break;
            case ActorSelectionMessage selection:
                writer.Write(selection.Elements.Count);
                foreach (var element in selection.Elements)
                    writer.Write(element);
                WritePayload(writer, selection.Message);
                break;
            case Terminated terminated:
                WriteDeath(writer, terminated.ActorRef, terminated.ExistenceConfirmed, terminated.AddressTerminated);
                break;
            case DeathWatchNotification died:
                WriteDeath(writer, died.Actor, died.ExistenceConfirmed, died.AddressTerminated);
                break;
            case Watch watch:
                WriteRef(writer, watch.Watchee);
                WriteRef(writer, watch.Watcher);
                break;
            case Unwatch unwatch:
                WriteRef(writer, unwatch.Watchee);
                WriteRef(writer, unwatch.Watcher);
                break;
            case IActorRef actor:
                WriteRef(writer, actor);
                break;
        }
        writer.Flush();
        return stream.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes, writable: false), Encoding.UTF8);
        try
        {
            return Read(reader, manifest);
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException or InvalidCastException)
        {
            throw new SerializationException($"The bytes are no '{manifest}'.", e);
        }
    }

    private object Read(BinaryReader reader, string manifest) => manifest switch
    {
        "PP" => PoisonPill.Instance,
        "K" => Kill.Instance,
        "ID" => new Identify(RequirePayload(reader)),
        "AID" => new ActorIdentity(RequirePayload(reader), ReadRef(reader) is var subject and not Nobody ? subject : null),
        "SS" => new Status.Success(ReadPayload(reader)),
        "SF" => new Status.Failure(new RemoteException(reader.ReadString(), reader.ReadString())),
        "SEL" => ReadSelection(reader),
        "T" => ReadTerminated(reader),
        "DWN" => ReadDeath(reader),
        "W" => new Watch((IInternalActorRef)ReadRef(reader), (IInternalActorRef)ReadRef(reader)),
        "UW" => new Unwatch((IInternalActorRef)ReadRef(reader), (IInternalActorRef)ReadRef(reader)),
        "TERM" => SystemMessages.Terminate,
        "REF" => ReadRef(reader),
        _ => throw new SerializationException($"Unknown manifest '{manifest}' of a control message."),
    };

    private ActorSelectionMessage ReadSelection(BinaryReader reader)
    {
        var count = reader.ReadInt32();
        if (count < 0 || count > reader.BaseStream.Length)
            throw new SerializationException($"A selection of {count} elements does not fit into its frame.");
        var elements = new string[count];
        for (var i = 0; i < count; i++)
            elements[i] = reader.ReadString();
        return new ActorSelectionMessage(RequirePayload(reader), elements);
    }

    private Terminated ReadTerminated(BinaryReader reader)
    {
        var actor = ReadRef(reader);
        var flags = reader.ReadByte();
        return new Terminated(actor, (flags & ExistenceConfirmed) != 0, (flags & AddressTerminated) != 0);
    }

    private DeathWatchNotification ReadDeath(BinaryReader reader)
    {
        var actor = ReadRef(reader);
        var flags = reader.ReadByte();
        return new DeathWatchNotification(actor, (flags & ExistenceConfirmed) != 0, (flags & AddressTerminated) != 0);
    }

    private static void WriteDeath(BinaryWriter writer, IActorRef actor, bool existenceConfirmed, bool addressTerminated)
    {
        WriteRef(writer, actor);
        writer.Write((byte)((existenceConfirmed ? ExistenceConfirmed : 0) | (addressTerminated ? AddressTerminated : 0)));
    }

    private static void WriteRef(BinaryWriter writer, IActorRef? actor) =>
        writer.Write(actor is null ? "" : Serialization.SerializedActorPath(actor));

    private IActorRef ReadRef(BinaryReader reader) => serialization.DeserializeActorRef(reader.ReadString());

    private void WritePayload(BinaryWriter writer, object? payload)
    {
        writer.Write(payload is not null);
        if (payload is null)
            return;
        var serializer = serialization.FindSerializerFor(payload);
        var bytes = serializer.ToBinary(payload);
        writer.Write(serializer.Identifier);
        writer.Write(Serialization.ManifestFor(serializer, payload));
        writer.Write(bytes.Length);
        writer.Write(bytes);
    }

    private object RequirePayload(BinaryReader reader) => ReadPayload(reader) ?? throw new SerializationException("A payload is missing.");

    private object? ReadPayload(BinaryReader reader)
    {
        if (!reader.ReadBoolean())
            return null;
        var identifier = reader.ReadInt32();
        var manifest = reader.ReadString();
        var length = reader.ReadInt32();
        if (length < 0 || length > reader.BaseStream.Length - reader.BaseStream.Position)
            throw new SerializationException($"A payload of {length} bytes does not fit into its frame.");
        if (t_depth >= MaxDepth)
            throw new SerializationException($"Payloads are nested more than {MaxDepth} deep.");
        t_depth++;
        try
        {
            return serialization.Deserialize(reader.ReadBytes(length), identifier, manifest);
        }
        finally
        {
            t_depth--;
        }
    }
}

/// <summary>A failure on another node: its type and message, since the exception itself stays there.</summary>
public sealed class RemoteException(string typeName, string message) : AkkaException($"{typeName}: {message}")
{
    /// <summary>The exception's type over there.</summary>
    public string TypeName { get; } = typeName;
}
