using System.Reflection;
using Xunit.Abstractions;

namespace KvStore.EngineApi;

/// <summary>
/// What is built on the embedded engine must compile on Akka.NET, which the registry of this project does not carry. So its signatures
/// are compared instead: no member may be used that Akka.NET has not, or has with other parameters.
/// </summary>
public sealed class EngineApiTests(ITestOutputHelper output)
{
    // What the embedded engine has beside Akka.NET's API. Only files named *.embedded.cs use it, which a build on Akka.NET leaves out.
    private static readonly Dictionary<string, Func<Type, bool>> s_own = new(StringComparer.Ordinal)
    {
        ["KvStore.Node"] = static type => type.Name is "RemotingCounters" or "OutsideMessage",
        ["KvStore.MultiNode.Tests"] = static type => type.Namespace == "KvStore.Actors.Remoting" || type.Name == "EngineSetup",
    };

    // How members of clusters that a split has left find each other (OutsideLine.embedded.cs).
    private static readonly HashSet<string> s_ownOfCluster = ["RemovedAddresses", "get_RemovedAddresses", "ListenOutside", "TellOutside", "JoinInstead"];

    public static TheoryData<string> Assemblies { get; } =
        ["KvStore.Node", "KvStore.Host", "KvStore.Conformance.Tests", "KvStore.MultiNode.Tests", "KvStore.Node.Tests", "KvStore.Host.Tests"];

    [Theory]
    [MemberData(nameof(Assemblies))]
    public void What_is_used_of_the_engine_Akka_NET_has_with_the_same_signature(string assembly)
    {
        var (types, members) = UseOf(assembly);
        var used = types.Select(Signature.Of).Concat(members.Select(static member => Signature.Of(member.DeclaringType!, member)));
        Check(used, signature => $"{assembly} uses `{signature}`, which Akka.NET 1.5 is not known to have");
    }

    /// <summary>A call that binds to one of them today may bind to another one tomorrow.</summary>
    [Theory]
    [MemberData(nameof(Assemblies))]
    public void The_overloads_of_what_is_used_are_Akka_NETs_too(string assembly)
    {
        var (_, members) = UseOf(assembly);
        var overloads = members.SelectMany(static member => Surface.Own(member.DeclaringType!)
            .Where(other => Signature.NameOf(other) == Signature.NameOf(member))
            .Select(other => Signature.Of(member.DeclaringType!, other)));
        Check(overloads, signature =>
            $"the embedded engine has `{signature}`, to which a call in {assembly} could bind, and which Akka.NET 1.5 is not known to have");
    }

    /// <summary>The compiler copies them into what uses them, so that no reference shows which one was used.</summary>
    [Theory]
    [MemberData(nameof(Assemblies))]
    public void The_constants_of_the_types_that_are_used_have_Akka_NETs_values(string assembly)
    {
        var (types, _) = UseOf(assembly);
        var constants = types.SelectMany(static type => Surface.Own(type).Where(static member => member is FieldInfo { IsLiteral: true })
            .Select(member => Signature.Of(type, member)));
        Check(constants, static signature => $"the embedded engine has the constant `{signature}`, which Akka.NET 1.5 is not known to have");
    }

    /// <summary>Such an overload once let a call with nine arguments compile here alone.</summary>
    [Theory]
    [InlineData("LoggingExtensions: static void Info(this ILoggingAdapter log, string format, object[] args)", true)]
    [InlineData("LoggingExtensions: static void Info(this ILoggingAdapter log, string format, params object[] args)", false)]
    [InlineData("Logging: static ILoggingAdapter GetLogger(this IActorContext context)", true)]
    [InlineData("ICanTell: void Tell(object message)", false)]
    [InlineData("ActorSystem: IActorRef ActorOf(Props props)", true)]
    [InlineData("ActorSystem: IActorRef ActorOf(Props props, string name)", false)]
    [InlineData("Props: static Props Create<TActor>(Func<TActor> factory, SupervisorStrategy supervisorStrategy = default)", false)]
    public void A_signature_is_known_when_no_more_is_left_out_than_a_caller_may_leave_out(string signature, bool known) =>
        AkkaNet.Has(signature).ShouldBe(known);

    [Fact]
    public void Calls_overrides_and_types_are_all_seen()
    {
        var (types, members) = UseOf("KvStore.Node");
        var signatures = members.Select(static member => Signature.Of(member.DeclaringType!, member)).ToHashSet(StringComparer.Ordinal);
        signatures.ShouldContain("UntypedActor: protected void OnReceive(object message)");
        signatures.ShouldContain("ActorRefImplicitSenderExtensions: static void Tell(this IActorRef receiver, object message)");
        signatures.ShouldContain("Publish: new(string topic, object message, bool sendOneMessageToEachGroup = false)");
        types.Select(Signature.Of).ShouldContain("IWithTimers: interface");
    }

    private static (HashSet<Type> Types, HashSet<MemberInfo> Members) UseOf(string assembly)
    {
        var use = EngineUse.Of(Assembly.Load(assembly));
        var isOwn = s_own.GetValueOrDefault(assembly, static _ => false);
        HashSet<MemberInfo> members = [.. use.Members.Where(member => !isOwn(member.DeclaringType!) && !(member.DeclaringType!.Name == "Cluster" && s_ownOfCluster.Contains(member.Name)))];
        return ([.. use.Types.Where(type => !isOwn(type)), .. members.Select(static member => member.DeclaringType!)], members);
    }

    private void Check(IEnumerable<string> signatures, Func<string, string> sentence)
    {
        var unknown = signatures.Where(static signature => !AkkaNet.Has(signature)).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToArray();
        foreach (var signature in unknown)
        {
            output.WriteLine($"{sentence(signature)}; known are:");
            foreach (var known in AkkaNet.OverloadsOf(signature).DefaultIfEmpty("none"))
                output.WriteLine($"    {known}");
        }
        unknown.Select(sentence).ShouldBeEmpty();
    }
}
