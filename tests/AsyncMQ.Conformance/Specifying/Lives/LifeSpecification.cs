using CsCheck;

namespace AsyncMQ.Conformance.Specifying;

/// <summary>The life cycle as a specification that can be searched to its end: actions, requirements, and the defects that they must find.</summary>
internal static class LifeSpecification
{
    public static Spec<Life> Of(Bounds bounds)
    {
        Spec<Life> spec = Behaviour(LifeAction.All(bounds));
        LifeRequirements.Declare(spec, bounds);
        LifeDefects.Declare(spec);
        return spec;
    }

    /// <summary>What can happen, without what is required of it: for driving a store.</summary>
    public static Spec<Life> Behaviour(IReadOnlyList<LifeAction> actions)
    {
        Spec<Life> spec = Spec.From(default(Life)).Print(life => life.ToString());
        foreach (LifeAction action in actions)
            spec.Action(action.Name, action.IsEnabled, action.Next);
        return spec;
    }
}
