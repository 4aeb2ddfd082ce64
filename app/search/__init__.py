"""Search: words become terms (`terms`), terms are kept and found again (`index`), found texts are shown (`snippets`)."""
