"""The engines that train a network, and the rule that chooses one."""
