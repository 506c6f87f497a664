//! The program alone: how to begin.

use crate::cli::{Context, Exit};

const WELCOME: &str = "\
Bulk offboarding for Microsoft Defender for Endpoint.

  Try it, without a tenant       mde-offboard simulator --sample 200 --output try.csv
                                 mde-offboard run try.csv --comment \"Trial\" --simulate
  Check a list, without a tenant mde-offboard plan fleet.csv --offline
  Set up a tenant                mde-offboard config init, then mde-offboard check
  All commands                   mde-offboard help
";

pub(crate) fn welcome(context: &Context) -> Exit {
    context.screen.result(WELCOME);
    Exit::Done
}
