"""What a run will do, before it does it: settings, recipes, the plan, and the reasons."""
