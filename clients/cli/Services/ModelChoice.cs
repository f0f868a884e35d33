using Sjc.Contracts.Score.V1;

namespace Sjc.Cli.Services;

/// <summary>Finds a scorer's model and checks prompts against what it knows.</summary>
internal static class ModelChoice
{
    /// <summary>Prompts of a complaint.</summary>
    private const int ExamplesShown = 3;

    /// <summary>The model of a name, or the scorer's first.</summary>
    /// <param name="scorer">Whose.</param>
    /// <param name="name">Null or empty: the first.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <param name="argument">What the command calls the name.</param>
    /// <exception cref="CommandException">The scorer has no such model.</exception>
    public static async Task<Model> FindAsync(ScoreService.ScoreServiceClient scorer, string? name, CancellationToken cancellationToken, string argument = "--model")
    {
        ListModelsResponse list = await scorer.ListModelsAsync(new ListModelsRequest(), cancellationToken: cancellationToken);
        Model? listed = string.IsNullOrEmpty(name) ? list.Models.FirstOrDefault() : list.Models.FirstOrDefault(model => model.Name == name);
        if (listed is null)
        {
            string known = string.Join(", ", list.Models.Select(model => model.Name));
            throw CommandException.Usage($"{argument} must be one of {known}, but is {name}.");
        }

        // A model that is loaded on first use is described in full by GetModel alone.
        return (await scorer.GetModelAsync(new GetModelRequest { Name = listed.Name }, cancellationToken: cancellationToken)).Model;
    }

    /// <summary>Passes if the model knows every word of the prompts.</summary>
    /// <exception cref="CommandException">Names the words that it does not know, and what it knows.</exception>
    public static async Task RequireKnownWordsAsync(ScoreService.ScoreServiceClient scorer, Model model, IEnumerable<string> prompts, CancellationToken cancellationToken)
    {
        EncodePromptsRequest request = new() { Model = model.Name };
        request.Prompts.Add(prompts.Where(prompt => prompt.Length > 0));
        if (model.Conditioning != ConditioningKind.Prompt || request.Prompts.Count == 0)
        {
            return;
        }

        EncodePromptsResponse response = await scorer.EncodePromptsAsync(request, cancellationToken: cancellationToken);
        string[] unknown = [.. response.Prompts.SelectMany(prompt => prompt.UnknownWords).Distinct(StringComparer.Ordinal)];
        if (unknown.Length > 0)
        {
            throw CommandException.Usage(Complaint(model, unknown));
        }
    }

    private static string Complaint(Model model, string[] unknown)
    {
        string verb = unknown.Length == 1 ? "is a word" : "are words";
        string text = $"{string.Join(", ", unknown)} {verb} that the model {model.Name} does not know.";
        if (model.Vocabulary.Count > 0)
        {
            text += $" It knows: {string.Join(", ", model.Vocabulary.Order(StringComparer.Ordinal))}.";
        }

        return model.ExamplePrompts.Count > 0
            ? $"{text} Try: {string.Join(", ", model.ExamplePrompts.Take(ExamplesShown).Select(prompt => $"\"{prompt}\""))}."
            : text;
    }
}
