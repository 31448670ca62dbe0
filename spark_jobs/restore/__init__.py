"""Rolling a day back: a stage that stages what a release held, for the gates to audit and publish like any other."""
