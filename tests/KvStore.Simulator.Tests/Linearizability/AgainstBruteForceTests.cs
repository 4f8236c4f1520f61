using System.Globalization;
using KvStore.Simulator.Linearizability;
using KvStore.Simulator.Linearizability.Models;

namespace KvStore.Simulator.Tests.Linearizability;

/// <summary>The search and the definition agree, on histories of three models, of all outcomes, true and tampered with.</summary>
public sealed class AgainstBruteForceTests
{
    private const int Histories = 6000;
    private const int MostOperations = 8;

    [Fact]
    public void The_search_of_a_register_says_what_the_definition_says() =>
        Compare<RegisterModel, long?, RegisterCall, RegisterReply>(default, OfRegister);

    [Fact]
    public void The_search_of_a_text_says_what_the_definition_says() =>
        Compare<TextModel, string, TextCall, string?>(default, OfText);

    [Fact]
    public void The_search_of_a_key_of_the_store_with_expiries_says_what_the_definition_says() =>
        Compare<KeyModel, KeyState, KeyCommand, KeyReply>(default, OfStore);

    [Fact]
    public void Long_histories_of_registers_that_happened_are_linearizable() =>
        Accept<RegisterModel, long?, RegisterCall, RegisterReply>(default, OfRegister, histories: 1000, operations: 60);

    [Fact]
    public void Long_histories_of_keys_of_the_store_that_happened_are_linearizable() =>
        Accept<KeyModel, KeyState, KeyCommand, KeyReply>(default, OfStore, histories: 40, operations: 150);

    private static RegisterCall OfRegister(Random random) => random.Next(5) switch
    {
        0 or 1 => new RegisterCall(RegisterVerb.Read),
        2 => new RegisterCall(RegisterVerb.Write, random.Next(3)),
        _ => new RegisterCall(RegisterVerb.CompareAndSet, random.Next(3), random.Next(3)),
    };

    private static TextCall OfText(Random random) => random.Next(5) switch
    {
        0 or 1 => new TextCall(TextVerb.Get),
        2 => new TextCall(TextVerb.Put, Word(random)),
        _ => new TextCall(TextVerb.Append, Word(random)),
    };

    // Few names of expiries, so that lapses meet the one that they belong to.
    private static KeyCommand OfStore(Random random)
    {
        var command = KeyCommand.Parse(KeyCommands.Random(random));
        return random.Next(6) == 0 ? new KeyCommand(KeyVerb.Lapse) { Deadline = random.Next(1, 3) }
            : command.Expiry is null ? command
            : command with { Deadline = random.Next(1, 3) };
    }

    private static void Accept<TModel, TState, TIn, TOut>(TModel model, Func<Random, TIn> input, int histories, int operations)
        where TModel : struct, IModel<TState, TIn, TOut>
        where TIn : notnull
    {
        for (var seed = 0; seed < histories; seed++)
        {
            var history = RandomHistory.Of<TModel, TState, TIn, TOut>(model, new Random(seed), input, operations, isTampered: false);
            new Search<TModel, TState, TIn, TOut>(model, history)
                .Run(Checker.DefaultMaxConfigurations).ShouldBe(Verdict.Linearizable, $"seed {seed}");
        }
    }

    private static string Word(Random random) => ((char)('a' + random.Next(2))).ToString(CultureInfo.InvariantCulture);

    private static void Compare<TModel, TState, TIn, TOut>(TModel model, Func<Random, TIn> input)
        where TModel : struct, IModel<TState, TIn, TOut>
        where TIn : notnull
    {
        var verdicts = new Dictionary<(bool IsTampered, bool IsLinearizable), int>();
        for (var seed = 0; seed < Histories; seed++)
        {
            var random = new Random(seed);
            var isTampered = seed % 2 == 1;
            var operations = RandomHistory.Of<TModel, TState, TIn, TOut>(model, random, input, random.Next(2, MostOperations + 1), isTampered);
            var expected = BruteForce.IsLinearizable<TModel, TState, TIn, TOut>(model, operations);
            var search = new Search<TModel, TState, TIn, TOut>(model, operations);
            search.Run(int.MaxValue).ShouldBe(
                expected ? Verdict.Linearizable : Verdict.Violation,
                $"seed {seed}:\n{string.Join('\n', operations.OrderBy(static o => o.Call))}");
            verdicts[(isTampered, expected)] = verdicts.GetValueOrDefault((isTampered, expected)) + 1;
        }
        verdicts.ShouldNotContainKey((false, false), "what was executed on the model is linearizable");
        verdicts[(true, false)].ShouldBeGreaterThan(Histories / 20);
        verdicts[(true, true)].ShouldBeGreaterThan(Histories / 50);
    }
}
