"""The command line: commands, and what becomes of every error (DESIGN 2.1, 2.2).

Standard output carries the report alone. An error of the user's or of the input is explained on standard error; a bug
of ours says so in one paragraph, without a traceback and without captured values.

Only the module of the command that runs is imported (docs/performance.md).
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

from samlcheck import __version__

if TYPE_CHECKING:
    import typer

COMMANDS = ("check", "har", "decode", "metadata", "diff", "redact", "explain", "rules", "serve", "doctor")
"""In the order of the help; each is the function, or the group, of the same name in the module of the same name."""
_CUT_SHORT = 141
"""128 + SIGPIPE, as shells tell of a program whose reader left: a report that nobody read to its end is no verdict."""


def application(*names: str) -> typer.Typer:
    """Return the command line with these commands."""
    import typer

    app = typer.Typer(
        name="samlcheck",
        add_completion=False,
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
        help="Tells why a SAML single sign-on failed, who must change what, and where to click. Offline.",
    )

    def show_version(wanted: bool) -> None:
        if wanted:
            _say_version()
            raise typer.Exit

    @app.callback()
    def root(
        version: bool = typer.Option(False, "--version", callback=show_version, is_eager=True, help="Show the version."),
    ) -> None:
        pass

    for name in names:
        command = getattr(import_module(f"samlcheck.cli.{name}"), name)
        if isinstance(command, typer.Typer):
            app.add_typer(command, name=name)
        else:
            app.command()(command)
    return app


def _say_version() -> None:
    sys.stdout.write(f"samlcheck {__version__}\n")


def main() -> None:
    """Run the command line and leave with its exit code, at once: there is nothing that needs to be taken down in order.

    Looking for reference cycles while modules load, and taking the modules apart at the end, would cost as much as judging a
    login (docs/performance.md).
    """
    gc.set_threshold(100_000)
    code = run(sys.argv[1:])
    with suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Run one command line and return its exit code; no exception leaves this function."""
    if arguments == ["--version"]:
        _say_version()
        return 0
    import warnings

    import typer

    from samlcheck.cli.terminal import note, report_error
    from samlcheck.errors import Exit, SamlcheckError, place_of

    # Typer 0.28 carries its own copy of click; the class is found by name so that either will do.
    wrong_command_line: Any = next(kind for kind in typer.BadParameter.__mro__ if kind.__name__ == "ClickException")
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # of libraries, to developers: what is odd about a certificate is for rules to say
    try:
        app = application(*(arguments[:1] if arguments[:1] and arguments[0] in COMMANDS else COMMANDS))
        result = app(arguments, prog_name="samlcheck", standalone_mode=False)
        sys.stdout.flush()
        return int(result) if isinstance(result, int) else Exit.ACCEPTED
    except SamlcheckError as error:
        report_error(error)
        return error.exit_code
    except typer.Exit as done:
        return done.exit_code
    except wrong_command_line as error:
        if message := str(error.format_message()):  # empty where no command was named: the help was shown instead
            note(message)
            sys.stderr.write("  Try: samlcheck --help\n")
        return Exit.USAGE
    except (KeyboardInterrupt, typer.Abort):
        note("interrupted")
        return 130
    except (BrokenPipeError, SystemExit):
        # The reader (head, less) has seen enough; Typer and Rich leave by SystemExit then. Point stdout elsewhere so that the flush
        # at exit stays quiet.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _CUT_SHORT
    except Exception as error:  # noqa: BLE001 - the last line of defence: a bug is named, never shown as a traceback
        note(f"a bug of ours: {type(error).__name__} at {place_of(error)}, samlcheck {__version__}. There is no verdict.")
        sys.stderr.write("  Please report it with that line; no captured value is in it.\n")
        sys.stderr.write("  'samlcheck doctor' checks the installation.\n")
        return Exit.BUG
