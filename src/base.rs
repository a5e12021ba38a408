//! Values every layer may use: text, pinyin, clock, ids. No I/O but the clock, no SQL, no terminal.
