using System.Reflection;
using System.Text;
using KvStore.Core.Replication;
using KvStore.Protocol.Client;
using KvStore.Protocol.Commands;
using KvStore.Protocol.Resp;
using KvStore.Simulator.Linearizability.Models;

namespace KvStore.Simulator.Tests.Linearizability;

/// <summary>The model of a key is what one client alone sees of the product.</summary>
public sealed class KeyModelTests
{
    private const int Sequences = 400;
    private const int Commands = 40;
    private const long NowMs = 1_795_000_000_000;

    [Fact]
    public void The_model_replies_what_the_store_replies()
    {
        for (var seed = 0; seed < Sequences; seed++)
        {
            var random = new Random(seed);
            using var store = new LoneStore();
            var model = default(KeyModel);
            var state = model.Initial;
            for (var i = 1; i <= Commands; i++)
            {
                var arguments = KeyCommands.Random(random);
                var command = KeyCommand.Parse(arguments);
                if (command.Expiry is not null)
                    command = command with { Deadline = i };
                var before = state;
                var expected = model.Step(before, command, out state);
                var reply = KeyModel.Comparable(command, KeyReply.From(store.Execute(arguments)));
                reply.ShouldBe(expected, $"seed {seed}, {string.Join(' ', arguments)} in {before}");
                if (model.IsObservation(command, reply))
                    state.ShouldBe(before, $"seed {seed}, {command} gave {reply}");
            }
        }
    }

    [Fact]
    public void Setnx_which_the_store_does_not_have_replies_as_that_of_redis()
    {
        var model = default(KeyModel);
        var command = KeyCommand.Parse(["SETNX", "k", "v"]);
        model.Step(model.Initial, command, out var state).ShouldBe(KeyReply.Of(1));
        model.Step(state, KeyCommand.Parse(["SETNX", "k", "w"]), out var after).ShouldBe(KeyReply.Of(0));
        after.ShouldBe(state);
        model.IsObservation(command, KeyReply.Of(0)).ShouldBeTrue();
        model.IsObservation(command, KeyReply.Of(1)).ShouldBeFalse();
    }

    [Theory]
    [InlineData("GET")]
    [InlineData("FLUSHALL now please")]
    [InlineData("MGET a b")]
    [InlineData("DEL a b")]
    [InlineData("SET k v EX 0")]
    [InlineData("SET k v PX")]
    [InlineData("SET k v SOON")]
    [InlineData("INCRBY k one")]
    [InlineData("DECRBY k -9223372036854775808")]
    [InlineData("EXPIRE k 9223372036854775807")]
    [InlineData("EXPIRE k 10 GT")]
    public void A_command_that_the_model_can_not_judge_is_refused_and_named(string line) =>
        Should.Throw<NotSupportedException>(() => KeyCommand.Parse(line.Split(' '))).Message.ShouldContain("No model of '");

    /// <summary>A replica with nobody else, and a connection to it.</summary>
    private sealed class LoneStore : IDisposable
    {
        private readonly Replica _replica = new(new ReplicaSettings(), startId: 7, hashSeed: 7, member: "node-1");
        private readonly CommandExecutor _executor;
        private readonly ClientSession _session = new(1, "client", "node", NowMs);
        private readonly CommandBatch _batch = new(RequestLimits.Default);
        private readonly RequestParser _parser = new(RequestLimits.Default);

        public LoneStore()
        {
            _replica.Advance(NowMs);
            _executor = new CommandExecutor(_replica, DispatchProxy.Create<IServerFacts, NoFacts>(), RequestLimits.Default);
        }

        public Reply Execute(string[] arguments)
        {
            var request = new System.Buffers.ArrayBufferWriter<byte>();
            RequestWriter.Write(request, [.. arguments.Select(Encoding.Latin1.GetBytes)]);
            _parser.Parse(request.WrittenMemory.ToArray(), _batch);
            _executor.Run(_batch, _session).ShouldBe(BatchStatus.Done);
            var reader = new ReplyReader();
            reader.Append(_batch.Output.Written);
            _batch.Output.Clear();
            _batch.Reset();
            return reader.TryRead(out var reply) ? reply : throw new InvalidOperationException("no whole reply");
        }

        public void Dispose() => _replica.Dispose();
    }
}

/// <summary>A server with nothing to say about itself.</summary>
public class NoFacts : DispatchProxy
{
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod!.ReturnType.IsValueType && targetMethod.ReturnType != typeof(void) ? Activator.CreateInstance(targetMethod.ReturnType) : null;
}
