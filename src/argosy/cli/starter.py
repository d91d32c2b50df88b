"""The template that ``argosy template new`` makes."""

_DESCRIPTION = """# A template: what a job is, with holes for values. Try it: argosy template test FOLDER
name = "NAME"
version = "1.0.0"
engine = "command"
title = "Say something several times"
summary = "A first template, to be changed into your own."

[command]
argv = ["sh", "greet.sh"]
# Text goes to programs best as an environment variable: nothing in it can be taken for a command.
environment = { GREETING = "{{ greeting }}" }

[resources]
cpus = 1
walltime = "10m"

# Files that end in .j2 are filled with the values; the others are taken as they are.
[[files]]
source = "greet.sh.j2"

[outputs]
wanted = ["greetings.txt"] # brought home when the job has succeeded

[[parameters]]
name = "greeting"
type = "text"
default = "Ahoy"
help = "What is said."

[[parameters]]
name = "times"
type = "integer"
default = 3
minimum = 1
maximum = 100
help = "How often."
"""
_SCRIPT = """for number in $(seq {{ times }}); do
    printf '%s %s\\n' "$number" "$GREETING" | tee -a greetings.txt
done
"""

FILES = {"template.toml": _DESCRIPTION, "greet.sh.j2": _SCRIPT}
"""Names and texts; NAME stands for the template's name."""
