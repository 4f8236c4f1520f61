using System.Collections;
using KvStore.Hocon;
using KvStore.Host.Configuration;
using KvStore.Node;

namespace KvStore.Host.Tests.Configuration;

public sealed class HostConfigurationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("kvstore");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void Without_a_file_the_defaults_hold() => Settings().ShouldBe(new NodeSettings());

    [Fact]
    public void The_command_line_wins_over_the_environment_and_that_over_the_file()
    {
        var file = Write("node.conf", "kv { node.name = file, gateway.port = 1, limits.line = 1k }");
        var settings = Settings(
            new NodeArguments(file, Name: "line", GatewayPort: null, RemotingPort: null, [], []),
            ("KV__NODE__NAME", "environment"),
            ("KV__GATEWAY__PORT", "2"));
        settings.Replica.Name.ShouldBe("line");
        settings.Gateway!.Port.ShouldBe(2);
        settings.Limits.MaxLineBytes.ShouldBe(1024);
    }

    [Fact]
    public void A_full_path_wins_over_its_short_form()
    {
        var settings = Settings(new NodeArguments(null, "short", 1, null, [], ["kv.node.name = \"a full path\"", "kv.gateway.port=2"]));
        settings.Replica.Name.ShouldBe("a full path");
        settings.Gateway!.Port.ShouldBe(2);
    }

    [Fact]
    public void Seeds_become_addresses_and_names_may_hold_anything()
    {
        var config = Load(new NodeArguments(null, "a \"quoted\\name\"", null, null, ["127.0.0.1:4053", "other:1"], []));
        config.GetStringList("akka.cluster.seed-nodes").ShouldBe(["akka.tcp://kvstore@127.0.0.1:4053", "akka.tcp://kvstore@other:1"]);
        config.GetString("kv.node.name").ShouldBe("a \"quoted\\name\"");
    }

    [Fact]
    public void Between_nodes_that_use_tls_seeds_are_addresses_of_that_protocol()
    {
        var files = new TlsFiles(_folder.FullName);
        var file = Write("node.conf", $"akka.remote.dot-netty.tcp.ssl {{ require-mutual-authentication = false, certificate {{ path = \"{files.Pfx}\", password = secret }} }}");
        var config = Load(new NodeArguments(file, null, null, null, ["127.0.0.1:4053"], ["akka.remote.dot-netty.tcp.enable-ssl=true"]));
        config.GetStringList("akka.cluster.seed-nodes").ShouldBe(["akka.ssl.tcp://kvstore@127.0.0.1:4053"]);
    }

    [Theory]
    [InlineData("kv.gateway.prot = 1", "node.conf:1:1: kv.gateway.prot is not a setting; did you mean kv.gateway.port?")]
    [InlineData("kv {\n  gateway {\n    port = many\n  }\n}", "node.conf:3:12:")]
    [InlineData("kv {\n  gateway {", "node.conf:")]
    [InlineData("akka.cluster.seed-nodes = [\"127.0.0.1:4053\"]", "node.conf:1:27:")]
    [InlineData("kv.limits.value = 5 apples", "node.conf:1:19:")]
    public void An_error_says_where(string text, string says) =>
        Should.Throw<HoconException>(() => Load(new NodeArguments(Write("node.conf", text), null, null, null, [], []))).Message.ShouldContain(says);

    [Theory]
    [InlineData("node1.conf", "n1", 6100)]
    [InlineData("node2.conf", "n2", 6101)]
    [InlineData("node3.conf", "n3", 6102)]
    public void The_files_in_the_hocon_folder_are_three_nodes_of_one_cluster(string file, string name, int port)
    {
        var config = Load(new NodeArguments(Path.Combine(AppContext.BaseDirectory, "hocon", file), null, null, null, [], []));
        var settings = NodeSettings.From(config);
        settings.Replica.Name.ShouldBe(name);
        settings.Gateway!.Port.ShouldBe(port);
        config.GetInt("akka.remote.dot-netty.tcp.port").ShouldBe(port - 6100 + 4053);
        config.GetStringList("akka.cluster.seed-nodes").Count.ShouldBe(3);
        settings.Durability!.Folder.ShouldBe($"./data/{name}");
        (settings with { Gateway = null, Durability = settings.Durability with { Folder = "./data/node" }, Replica = settings.Replica with { Name = "node" } })
            .ShouldBe(new NodeSettings { Gateway = null }, "kvstore.conf shows the defaults");
    }

    [Fact]
    public void A_command_line_that_was_printed_reads_back_as_the_same()
    {
        var arguments = new NodeArguments("x.conf", "n1", 6100, 4053, ["a:1", "b:2"], ["kv.limits.key=1k"]);
        arguments.ToCommandLine().ShouldBe(
            ["node", "--config", "x.conf", "--name", "n1", "--gateway-port", "6100", "--remoting-port", "4053", "--seed", "a:1", "--seed", "b:2", "--set", "kv.limits.key=1k"]);
        Commands.Create().Parse([.. arguments.ToCommandLine()]).Errors.ShouldBeEmpty();
    }

    private static NodeSettings Settings(NodeArguments? arguments = null, params (string Name, string Value)[] environment) =>
        NodeSettings.From(Load(arguments ?? new NodeArguments(null, null, null, null, [], []), environment));

    private static Config Load(NodeArguments arguments, params (string Name, string Value)[] environment)
    {
        IDictionary variables = environment.ToDictionary(static v => v.Name, static v => v.Value, StringComparer.Ordinal);
        return ConfigurationFactory.ParseString(HostConfiguration.Load(arguments, variables));
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllText(path, text);
        return path;
    }
}
