shared.helper.bad("f")
shared.helper.where()
derive "g" { shared.blank() }
shared.helper.fail({})
