using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace KvStore.EngineApi;

/// <summary>What one assembly uses of the engine: the types it names, and the members it calls, reads or overrides.</summary>
internal sealed class EngineUse
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    private EngineUse(string assembly, HashSet<Type> types, HashSet<MemberInfo> members)
    {
        Assembly = assembly;
        Types = types;
        Members = members;
    }

    public string Assembly { get; }

    public IReadOnlySet<Type> Types { get; }

    public IReadOnlySet<MemberInfo> Members { get; }

    public static EngineUse Of(Assembly assembly)
    {
        var types = new HashSet<Type>();
        var members = new HashSet<MemberInfo>();
        using var file = new PEReader(File.OpenRead(assembly.Location));
        var metadata = file.GetMetadataReader();
        var module = assembly.ManifestModule;
        foreach (var handle in metadata.TypeReferences)
        {
            var type = module.ResolveType(MetadataTokens.GetToken(handle));
            if (IsEngine(type))
                types.Add(type);
        }
        foreach (var handle in metadata.MemberReferences)
        {
            if (Resolve(module, metadata, handle) is { DeclaringType: { } declaring } member && IsEngine(declaring))
                members.Add(OpenForm(member));
        }
        // An override is no reference: what it overrides is named by its base type alone.
        foreach (var type in assembly.GetTypes())
        {
            foreach (var method in type.GetMethods(Declared).Where(static method => method.IsVirtual))
            {
                var root = method.GetBaseDefinition();
                if (root != method && IsEngine(root.DeclaringType!))
                    members.Add(OpenForm(root));
            }
        }
        return new EngineUse(assembly.GetName().Name!, types, members);
    }

    /// <summary>True for the assemblies of either engine and its TestKit.</summary>
    public static bool IsEngine(Type type) => type.Assembly.GetName().Name is { } name
        && (name is "KvStore.Actors" or "KvStore.Actors.TestKit" or "Akka" || name.StartsWith("Akka.", StringComparison.Ordinal));

    // Members of generic types are compared as they are declared, not as they are filled in.
    private static MemberInfo OpenForm(MemberInfo member) =>
        member.DeclaringType is { IsGenericType: true, IsGenericTypeDefinition: false } filled
            ? filled.GetGenericTypeDefinition().GetMembers(Declared).Single(open => open.MetadataToken == member.MetadataToken)
            : member;

    // A member of a filled generic type, such as List<T> inside a generic type of ours, may name type parameters that only its place in
    // the code knows. None such of the engine is used, and none may pass unseen.
    private static MemberInfo? Resolve(Module module, MetadataReader metadata, MemberReferenceHandle handle)
    {
        var parent = metadata.GetMemberReference(handle).Parent;
        try
        {
            return module.ResolveMember(MetadataTokens.GetToken(handle));
        }
        catch (ArgumentException) when (parent.Kind == HandleKind.TypeSpecification && !IsOfEngine(module, metadata, (TypeSpecificationHandle)parent))
        {
            return null;
        }
    }

    // The signature of such a type: that it is generic and filled, whether a class or a struct, and the open type (ECMA-335, II.23.2.14).
    private static bool IsOfEngine(Module module, MetadataReader metadata, TypeSpecificationHandle type)
    {
        var signature = metadata.GetBlobReader(metadata.GetTypeSpecification(type).Signature);
        if (signature.ReadSignatureTypeCode() != SignatureTypeCode.GenericTypeInstance)
            return false;
        signature.ReadCompressedInteger();
        var open = signature.ReadTypeHandle();
        return open.Kind == HandleKind.TypeReference && IsEngine(module.ResolveType(MetadataTokens.GetToken(open)));
    }
}
