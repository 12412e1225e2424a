# `after` is taken in the innermost scope that encloses both calls; a call goes by its alias.
task t { Int? x command { true } output { Int y = 1 } }
workflow w {
  call t as last after inner after deep
  scatter (i in range(3)) {
    call t as inner
    call t as same_shard after inner
    if (i > 1) {
      call t as deep after inner after first
    }
  }
  call t as first
}
