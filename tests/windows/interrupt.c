/* Presses Ctrl-C in the console of a process: `interrupt PID`.
 *
 * Windows has no signal that a process sends to another one. So this small program joins the console
 * of the process, which has it alone, and presses the key there. It is no part of the crate, which
 * forbids unsafe code: `.ci/windows` compiles it, `tests/it/support/program.rs` starts it. */

#include <stdio.h>
#include <stdlib.h>
#include <windows.h>

int main(int count, char **words) {
    const DWORD everyone = 0;
    DWORD process = count > 1 ? strtoul(words[1], NULL, 10) : 0;
    FreeConsole();
    /* NULL: this program itself does not mind Ctrl-C. */
    if (AttachConsole(process) && SetConsoleCtrlHandler(NULL, TRUE)
        && GenerateConsoleCtrlEvent(CTRL_C_EVENT, everyone)) {
        return 0;
    }
    fprintf(stderr, "interrupt: error %lu\n", GetLastError());
    return 1;
}
