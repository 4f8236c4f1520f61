using System.Reflection;

namespace KvStore.EngineApi;

/// <summary>What code outside of the engine sees of a type: its own members and those it inherits.</summary>
internal static class Surface
{
    private const BindingFlags Declared = BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly;

    /// <summary>The members that the type itself declares.</summary>
    public static IEnumerable<MemberInfo> Own(Type type) =>
        type.GetMembers(Declared).Where(static member => member is MethodBase or FieldInfo { IsSpecialName: false }).Where(Signature.IsVisible);

    /// <summary>The type's lines and those of all that it inherits. Where in its ancestry a member is declared does not matter to a caller.</summary>
    public static IEnumerable<string> Lines(Type type)
    {
        yield return Signature.Of(type);
        foreach (var at in Ancestors(type))
        {
            foreach (var member in Own(at).Where(member => at == type || member is not ConstructorInfo))
                yield return Signature.Of(type, member);
        }
    }

    private static IEnumerable<Type> Ancestors(Type type)
    {
        for (var at = type; at is not null; at = at.BaseType)
            yield return at;
        foreach (var contract in type.GetInterfaces())
            yield return contract;
    }
}
