// In the tables a word says whom the rules allow, a dash that they refuse everybody. "Everybody" is signed out, too.

/**
 * What may be done to one document. `list` asks for the whole collection it is in; `create` adds a document like it,
 * naming the asking user as its owner (a missing document is itself created); `update` changes a harmless field.
 * The forged columns are the owner's writes with each of the document's `forgeries`.
 */
export const documentTable = `
  document                                  get         list        create  update  delete  forged create  forged update

  payments/of_owner                         owner       -           -       -       -       -              -
  payments/of_other                         other       -           -       -       -       -              -
  payments/of_nobody                        -           -           -       -       -       -              -
  payments/missing                          -           -           -       -       -       -              -
  payments/of_owner/unknown/1               -           -           -       -       -       -              -
  payments/of_owner/private/facts           -           -           -       -       -       -              -

  payment_sessions/of_owner                 owner       -           -       -       -       -              -
  payment_sessions/of_other                 other       -           -       -       -       -              -
  payment_sessions/of_nobody                -           -           -       -       -       -              -
  payment_sessions/missing                  -           -           -       -       -       -              -
  payment_sessions/of_owner/unknown/1       -           -           -       -       -       -              -

  subscriptions/owner                       owner       -           -       -       -       -              -
  subscriptions/other                       other       -           -       -       -       -              -
  subscriptions/owner/grants/1              owner       owner       -       -       -       -              -
  subscriptions/other/grants/1              other       other       -       -       -       -              -
  subscriptions/owner/grants/1/unknown/1    -           -           -       -       -       -              -
  subscriptions/owner/entries/1             owner       owner       -       -       -       -              -
  subscriptions/other/entries/1             other       other       -       -       -       -              -
  subscriptions/owner/entries/1/unknown/1   -           -           -       -       -       -              -
  subscriptions/owner/entries/1/private/cause  -        -           -       -       -       -              -
  subscriptions/owner/holds/1               owner       owner       -       -       -       -              -
  subscriptions/other/holds/1               other       other       -       -       -       -              -
  subscriptions/owner/holds/1/unknown/1     -           -           -       -       -       -              -
  subscriptions/owner/unknown/1/holds/1     -           -           -       -       -       -              -
  subscriptions/owner/unknown/1             -           -           -       -       -       -              -
  subscriptions/owner/unknown/1/grants/1    -           -           -       -       -       -              -
  subscriptions/owner/unknown/1/entries/1   -           -           -       -       -       -              -

  plans/of_owner                            owner       -           -       -       -       -              -
  plans/of_other                            other       -           -       -       -       -              -
  plans/of_nobody                           -           -           -       -       -       -              -
  plans/missing                             -           -           -       -       -       -              -
  plans/of_owner/unknown/1                  -           -           -       -       -       -              -

  products/active                           everybody   -           -       -       -       -              -
  products/inactive                         -           -           -       -       -       -              -
  products/missing                          -           -           -       -       -       -              -
  products/active/unknown/1                 -           -           -       -       -       -              -
  products/active/private/offer             -           -           -       -       -       -              -

  customers/owner                           -           -           -       -       -       -              -
  customers/other                           -           -           -       -       -       -              -
  customers/owner/free/stripe_active        -           -           -       -       -       -              -
  webhook_events/1                          -           -           -       -       -       -              -
  reconciliations/stripe                    -           -           -       -       -       -              -
  reconciliations/_credits/waiting/1        -           -           -       -       -       -              -
  unknown/1                                 -           -           -       -       -       -              -

  unknown/1/payments/of_owner               -           -           -       -       -       -              -
  unknown/1/payment_sessions/of_owner       -           -           -       -       -       -              -
  unknown/1/subscriptions/owner             -           -           -       -       -       -              -
  unknown/1/plans/of_owner                  -           -           -       -       -       -              -
  unknown/1/products/active                 -           -           -       -       -       -              -
`;

/** What may be listed where, by query. */
export const queryTable = `
  query                                     payments  payment_sessions  plans  products   subscriptions  customers  webhook_events  reconciliations  unknown

  everything                                -         -                 -      -          -              -          -               -                -
  limit 1                                   -         -                 -      -          -              -          -               -                -
  count                                     -         -                 -      -          -              -          -               -                -
  userId == owner                           owner     owner             owner  -          -              -          -               -                -
  userId == owner, newest first, limit 10   owner     owner             owner  -          -              -          -               -                -
  count, userId == owner                    owner     owner             owner  -          -              -          -               -                -
  userId == other                           other     other             other  -          -              -          -               -                -
  userId == null                            -         -                 -      -          -              -          -               -                -
  userId in owner                           owner     owner             owner  -          -              -          -               -                -
  userId in owner, other                    -         -                 -      -          -              -          -               -                -
  userId == owner or other                  -         -                 -      -          -              -          -               -                -
  userId == owner or active                 -         -                 -      -          -              -          -               -                -
  userId == owner and one of two states     owner     owner             owner  -          -              -          -               -                -
  userId != other                           -         -                 -      -          -              -          -               -                -
  userId not in other                       -         -                 -      -          -              -          -               -                -
  userId from owner to owner                -         -                 -      -          -              -          -               -                -
  status == succeeded                       -         -                 -      -          -              -          -               -                -
  id == owner                               -         -                 -      -          -              -          -               -                -
  id == missing                             -         -                 -      -          -              -          -               -                -
  id == of_other                            other     other             other  -          -              -          -               -                -
  active == true                            -         -                 -      everybody  -              -          -               -                -
  active == true, newest first, limit 10    -         -                 -      everybody  -              -          -               -                -
  active == false                           -         -                 -      -          -              -          -               -                -
  active in true, false                     -         -                 -      -          -              -          -               -                -
  active == true or false                   -         -                 -      -          -              -          -               -                -
  active != false                           -         -                 -      -          -              -          -               -                -
`;

/** The same for what lies below one subscription; two asterisks mark a collection group. */
export const ledgerQueryTable = `
  query                                     subscriptions/owner/grants  subscriptions/owner/entries  subscriptions/owner/holds  **/grants  **/entries  **/holds

  everything                                owner                       owner                        owner                      -          -           -
  newest first                              owner                       owner                        owner                      -          -           -
  by seq, limit 10                          owner                       owner                        owner                      -          -           -
  soonest expiry first                      owner                       owner                        owner                      -          -           -
  count                                     owner                       owner                        owner                      -          -           -
  userId == owner                           owner                       owner                        owner                      -          -           -
`;

/** And for the collection groups of the collections at the top. */
export const groupQueryTable = `
  query                                     **/payments  **/payment_sessions  **/plans  **/subscriptions  **/products  **/customers  **/webhook_events  **/reconciliations  **/private  **/unknown

  everything                                -            -                    -         -                 -            -             -                  -                   -           -
  userId == owner                           -            -                    -         -                 -            -             -                  -                   -           -
  active == true                            -            -                    -         -                 -            -             -                  -                   -           -
`;
