Console.WriteLine("sjc");
