using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace KvStore.EngineApi;

/// <summary>
/// A type or a member as one line, by which the two engines are compared: <c>Type: member</c>. Namespaces are left out, since the engines'
/// differ; so are attributes and nullability, which Akka.NET does not state.
/// </summary>
internal static class Signature
{
    private static readonly Dictionary<Type, string> s_keywords = new()
    {
        [typeof(void)] = "void", [typeof(object)] = "object", [typeof(string)] = "string", [typeof(bool)] = "bool", [typeof(byte)] = "byte",
        [typeof(int)] = "int", [typeof(long)] = "long", [typeof(double)] = "double",
    };

    /// <summary>True when code outside of the engine can name it.</summary>
    public static bool IsVisible(MemberInfo member) => member switch
    {
        MethodBase method => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly,
        FieldInfo field => field.IsPublic || field.IsFamily || field.IsFamilyOrAssembly,
        Type type => type.IsVisible,
        _ => false,
    };

    /// <summary>What a type is, for example <c>ReceiveActor: class</c>. That one is sealed or static shows in what it lacks.</summary>
    public static string Of(Type type)
    {
        var kind = type switch
        {
            { IsEnum: true } => "enum",
            { IsInterface: true } => "interface",
            { IsValueType: true } => "struct",
            _ when type.IsSubclassOf(typeof(Delegate)) => "delegate",
            _ => "class",
        };
        return $"{Name(type)}: {kind}";
    }

    /// <summary>A member as one of <paramref name="type"/>, which may inherit it.</summary>
    public static string Of(Type type, MemberInfo member) => $"{Name(type)}: {Of(member)}";

    /// <summary>The name by which source code calls the member, which its overloads share.</summary>
    public static string NameOf(MemberInfo member) => member is MethodBase { IsSpecialName: true } method && Accessor(method) is { } property ? property.Name : member.Name;

    /// <summary>A type's name with those it is nested in and its arguments.</summary>
    public static string Name(Type type)
    {
        if (s_keywords.TryGetValue(type, out var keyword))
            return keyword;
        if (type.IsGenericParameter)
            return type.Name;
        if (type.IsArray)
            return Name(type.GetElementType()!) + "[]";
        if (type.IsByRef)
            return Name(type.GetElementType()!);
        if (Nullable.GetUnderlyingType(type) is { } underlying)
            return Name(underlying) + "?";
        var own = type.Name.Split('`')[0];
        var outer = type.IsNested ? Name(type.DeclaringType!) + "." : "";
        var arguments = type.GetGenericArguments();
        return type.IsGenericType && type.Name.Contains('`', StringComparison.Ordinal)
            ? $"{outer}{own}<{string.Join(", ", arguments.Select(Name))}>"
            : outer + own;
    }

    private static string Of(MemberInfo member) => member switch
    {
        FieldInfo { IsLiteral: true } field => $"const {Name(field.FieldType)} {field.Name} = {Literal(field.GetRawConstantValue())}",
        FieldInfo field => $"{Access(field.IsPublic)}{(field.IsStatic ? "static " : "")}{(field.IsInitOnly ? "readonly " : "")}{Name(field.FieldType)} {field.Name}",
        ConstructorInfo constructor => $"{Access(constructor.IsPublic)}new({Parameters(constructor)})",
        MethodInfo method when Accessor(method) is { } property => Of(method, property),
        MethodInfo method => $"{Access(method.IsPublic)}{(method.IsStatic ? "static " : "")}{Name(method.ReturnType)} {method.Name}{TypeParameters(method)}({Parameters(method)})",
        _ => member.Name,
    };

    private static string Of(MethodInfo accessor, PropertyInfo property)
    {
        var verb = accessor == property.GetMethod ? "get"
            : accessor.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? "init" : "set";
        return $"{Access(accessor.IsPublic)}{(accessor.IsStatic ? "static " : "")}{Name(property.PropertyType)} {property.Name} {{ {verb}; }}";
    }

    private static string Access(bool isPublic) => isPublic ? "" : "protected ";

    private static string TypeParameters(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Parameters(MethodBase method)
    {
        var isExtension = method.IsDefined(typeof(ExtensionAttribute), inherit: false);
        return string.Join(", ", method.GetParameters().Select((parameter, i) => (i == 0 && isExtension ? "this " : "") + Parameter(parameter)));
    }

    private static string Parameter(ParameterInfo parameter)
    {
        var before = parameter.IsDefined(typeof(ParamArrayAttribute), inherit: false) ? "params "
            : !parameter.ParameterType.IsByRef ? ""
            : parameter.IsOut ? "out " : parameter.IsIn ? "in " : "ref ";
        var value = parameter.IsOptional ? $" = {(parameter.HasDefaultValue ? Literal(parameter.RawDefaultValue) : "default")}" : "";
        return $"{before}{Name(parameter.ParameterType)} {parameter.Name}{value}";
    }

    // A struct's default is null in metadata, and so is that of a reference.
    private static string Literal(object? value) => value switch
    {
        null => "default",
        string text => $"\"{text}\"",
        bool flag => flag ? "true" : "false",
        _ => Convert.ToString(value, CultureInfo.InvariantCulture)!,
    };

    private static PropertyInfo? Accessor(MethodBase method)
    {
        if (!method.IsSpecialName || !(method.Name.StartsWith("get_", StringComparison.Ordinal) || method.Name.StartsWith("set_", StringComparison.Ordinal)))
            return null;
        return method.DeclaringType!
            .GetProperties(BindingFlags.Instance | BindingFlags.Static | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
            .FirstOrDefault(property => property.GetMethod == method || property.SetMethod == method);
    }
}
