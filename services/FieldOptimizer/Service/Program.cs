using Sjc.FieldOptimizer;

FieldOptimizerApplication.Build(args).Run();
