local seen = shared.limit
return {
  other = seen,
  limit = 6,
}
