scenario "words are no data" { expect = { lg = none, ok = "met" } }
