using Spillway;
using Spillway.Configuration;

return await CommandLine.RunAsync(Commands.Root(), args, Console.Out, Console.Error);
