/* SPDX-License-Identifier: EUPL-1.2 */

/*
 * The reasons for which a call is refused. The enum and the table of names, statuses
 * and texts are made from one list.
 */

#ifndef GGI_REASON_H
#define GGI_REASON_H


/*
 * What the calls of both roles are judged by, at the start of texts: a profile at a provider,
 * a function at a consumer.
 */
#define GGI_REASON_AGREED_EN                                                   \
    "The autorisatieprofiel of your organisation, or the function that your "  \
    "application calls for, "
#define GGI_REASON_AGREED_NL                                                   \
    "Het autorisatieprofiel van uw organisatie, of de functie waarvoor uw "    \
    "toepassing aanroept, "


/*
 * The list of reasons. Its order is that of the gates and, within a gate, the order in
 * which the reasons are judged: a call is refused for the first reason that applies.
 *
 *   X(ENUM, name, status, title, detail, title in Dutch, detail in Dutch)
 */
#define GGI_REASONS(X)                                                         \
    X(NETWORK_NOT_ALLOWED, "network_not_allowed", 403,                         \
      "Network not allowed",                                                   \
      "This dienst does not accept calls over the network that this call "     \
      "came by. Call over one of the networks agreed for it.",                 \
      "Netwerk niet toegestaan",                                               \
      "Deze dienst accepteert geen aanroepen via het gebruikte netwerk. "      \
      "Roep de dienst aan via een van de afgesproken netwerken.")              \
    X(CERTIFICATE_MISSING, "certificate_missing", 403,                         \
      "Client certificate missing",                                            \
      "The TLS connection carries no client certificate. Call with your "      \
      "organisation's PKIoverheid certificate.",                               \
      "Clientcertificaat ontbreekt",                                           \
      "De TLS-verbinding heeft geen clientcertificaat. Roep aan met het "      \
      "PKIoverheid-certificaat van uw organisatie.")                           \
    X(CERTIFICATE_UNTRUSTED, "certificate_untrusted", 403,                     \
      "Client certificate not trusted",                                        \
      "The client certificate does not lead to an accepted root for client "   \
      "authentication. Send the whole chain of a PKIoverheid certificate "     \
      "that may be used for client authentication.",                           \
      "Clientcertificaat niet vertrouwd",                                      \
      "Het clientcertificaat leidt niet tot een geaccepteerde root voor "      \
      "clientauthenticatie. Stuur de hele keten van een "                      \
      "PKIoverheid-certificaat dat voor clientauthenticatie mag dienen.")      \
    X(CERTIFICATE_EXPIRED, "certificate_expired", 403,                         \
      "Client certificate not valid at this time",                             \
      "A certificate in the client's chain has expired or is not valid yet. "  \
      "Replace it by a valid one.",                                            \
      "Clientcertificaat nu niet geldig",                                      \
      "Een certificaat in de keten van de client is verlopen of nog niet "     \
      "geldig. Vervang het door een geldig certificaat.")                      \
    X(CERTIFICATE_REVOKED, "certificate_revoked", 403,                         \
      "Client certificate revoked",                                            \
      "A certificate in the client's chain has been revoked by its issuer. "   \
      "Request a new one from your certificate provider.",                     \
      "Clientcertificaat ingetrokken",                                         \
      "Een certificaat in de keten van de client is door de uitgever "         \
      "ingetrokken. Vraag een nieuw certificaat aan.")                         \
    X(CERTIFICATE_POLICY_NOT_ALLOWED, "certificate_policy_not_allowed", 403,   \
      "Certificate policy not allowed",                                        \
      "The client certificate was not issued under a certificate policy that " \
      "is accepted here. Call with a PKIoverheid certificate of an accepted "  \
      "type.",                                                                 \
      "Certificaatpolicy niet toegestaan",                                     \
      "Het clientcertificaat is niet uitgegeven onder een hier geaccepteerde " \
      "certificaatpolicy. Gebruik een PKIoverheid-certificaat van een "        \
      "geaccepteerd type.")                                                    \
    X(OIN_MISSING, "oin_missing", 403,                                         \
      "No OIN in the client certificate",                                      \
      "The subject of the client certificate has no serialNumber with an OIN. "\
      "Request a certificate that carries your organisation's OIN.",           \
      "Geen OIN in het clientcertificaat",                                     \
      "Het subject van het clientcertificaat heeft geen serialNumber met een " \
      "OIN. Vraag een certificaat aan met het OIN van uw organisatie.")        \
    X(OIN_INVALID, "oin_invalid", 403,                                         \
      "Invalid OIN in the client certificate",                                 \
      "The serialNumber in the subject of the client certificate is not one "  \
      "valid OIN that is accepted here. Request a certificate that carries "   \
      "your organisation's OIN.",                                              \
      "Ongeldig OIN in het clientcertificaat",                                 \
      "Het serialNumber in het subject van het clientcertificaat is niet een " \
      "enkel geldig OIN dat hier wordt geaccepteerd. Vraag een certificaat "   \
      "aan met het OIN van uw organisatie.")                                   \
    X(REVOCATION_UNKNOWN, "revocation_unknown", 503,                           \
      "Revocation status unknown",                                             \
      "It cannot be established now whether the client certificate has been "  \
      "revoked. Try again later.",                                             \
      "Intrekkingsstatus onbekend",                                            \
      "Nu kan niet worden vastgesteld of het clientcertificaat is "            \
      "ingetrokken. Probeer het later opnieuw.")                               \
    X(PROFILE_NOT_FOUND, "profile_not_found", 403,                             \
      "No autorisatieprofiel",                                                 \
      "There is no autorisatieprofiel for your organisation's OIN. Agree on "  \
      "the use of this dienst with its provider.",                             \
      "Geen autorisatieprofiel",                                               \
      "Er is geen autorisatieprofiel voor het OIN van uw organisatie. Maak "   \
      "afspraken over het gebruik van deze dienst met de aanbieder.")          \
    X(PROFILE_EXPIRED, "profile_expired", 403,                                 \
      "autorisatieprofiel not valid at this time",                             \
      "Your organisation's autorisatieprofiel is not valid today. Renew the "  \
      "agreement with the provider of this dienst.",                           \
      "Autorisatieprofiel nu niet geldig",                                     \
      "Het autorisatieprofiel van uw organisatie is vandaag niet geldig. "     \
      "Vernieuw de afspraken met de aanbieder van deze dienst.")               \
    X(DIENST_NOT_AUTHORISED, "dienst_not_authorised", 403,                     \
      "Dienst not authorised",                                                 \
      GGI_REASON_AGREED_EN                                                     \
      "does not contain this dienst. Agree on its use with the "               \
      "organisation of this gateway.",                                         \
      "Dienst niet geautoriseerd",                                             \
      GGI_REASON_AGREED_NL                                                     \
      "bevat deze dienst niet. Maak afspraken over het gebruik met de "        \
      "organisatie van deze gateway.")                                         \
    X(METHOD_NOT_AUTHORISED, "method_not_authorised", 403,                     \
      "Method not authorised",                                                 \
      GGI_REASON_AGREED_EN                                                     \
      "does not contain this method for this dienst. Use an agreed "           \
      "method, or have it added by the organisation of this gateway.",         \
      "Methode niet geautoriseerd",                                            \
      GGI_REASON_AGREED_NL                                                     \
      "bevat deze methode niet voor deze dienst. Gebruik een "                 \
      "afgesproken methode of laat haar toevoegen door de organisatie "        \
      "van deze gateway.")                                                     \
    X(PATH_NOT_AUTHORISED, "path_not_authorised", 403,                         \
      "Path not authorised",                                                   \
      GGI_REASON_AGREED_EN                                                     \
      "does not contain this path for this dienst. Use an agreed "             \
      "path, or have it added by the organisation of this gateway.",           \
      "Pad niet geautoriseerd",                                                \
      GGI_REASON_AGREED_NL                                                     \
      "bevat dit pad niet voor deze dienst. Gebruik een afgesproken "          \
      "pad of laat het toevoegen door de organisatie van deze "                \
      "gateway.")                                                              \
    X(ON_BEHALF_OF_NOT_AUTHORISED, "on_behalf_of_not_authorised", 403,         \
      "Not authorised to call on behalf of this organisation",                 \
      GGI_REASON_AGREED_EN                                                     \
      "does not allow calls on behalf of the organisation that the "           \
      "call names. Have it added by the organisation of this gateway.",        \
      "Niet geautoriseerd namens deze organisatie",                            \
      GGI_REASON_AGREED_NL                                                     \
      "staat geen aanroepen toe namens de genoemde organisatie. Laat "         \
      "die toevoegen door de organisatie van deze gateway.")                   \
    X(PROFILE_UNAVAILABLE, "profile_unavailable", 503,                         \
      "autorisatieprofiel unavailable",                                        \
      "Your organisation's autorisatieprofiel cannot be read now. Try again "  \
      "later.",                                                                \
      "Autorisatieprofiel niet beschikbaar",                                   \
      "Het autorisatieprofiel van uw organisatie kan nu niet worden gelezen. " \
      "Probeer het later opnieuw.")                                            \
    X(APPLICATION_UNKNOWN, "application_unknown", 403,                         \
      "Unknown application",                                                   \
      "The call is not of one application that this organisation knows. Have " \
      "the application added to the functions of this gateway.",               \
      "Onbekende toepassing",                                                  \
      "De aanroep is niet van een enkele toepassing die deze organisatie "     \
      "kent. Laat de toepassing toevoegen aan de functies van deze gateway.")  \
    X(APPLICATION_EXPIRED, "application_expired", 403,                         \
      "Application not valid at this time",                                    \
      "The functions of the application are not valid today. Have them "       \
      "renewed.",                                                              \
      "Toepassing nu niet geldig",                                             \
      "De functies van de toepassing zijn vandaag niet geldig. Laat ze "       \
      "vernieuwen.")                                                           \
    X(USER_MISSING, "user_missing", 400,                                       \
      "No user",                                                               \
      "The call does not name the one user on whose behalf it is made, in "    \
      "a valid text of at most 1,024 bytes.",                                  \
      "Geen gebruiker",                                                        \
      "De aanroep noemt niet de ene gebruiker namens wie hij wordt gedaan, "   \
      "in een geldige tekst van ten hoogste 1.024 bytes.")                     \
    X(FUNCTION_MISSING, "function_missing", 400,                               \
      "No function",                                                           \
      "The call does not name the one function of the application for which "  \
      "it is made.",                                                           \
      "Geen functie",                                                          \
      "De aanroep noemt niet de ene functie van de toepassing waarvoor hij "   \
      "wordt gedaan.")                                                         \
    X(FUNCTION_UNKNOWN, "function_unknown", 403,                               \
      "Unknown function",                                                      \
      "The application does not have this function. Have it added to the "     \
      "functions of this gateway.",                                            \
      "Onbekende functie",                                                     \
      "De toepassing heeft deze functie niet. Laat die toevoegen aan de "      \
      "functies van deze gateway.")                                            \
    X(FUNCTIONS_UNAVAILABLE, "functions_unavailable", 503,                     \
      "Functions unavailable",                                                 \
      "The functions of the application cannot be read now. Try again later.", \
      "Functies niet beschikbaar",                                             \
      "De functies van de toepassing kunnen nu niet worden gelezen. Probeer "  \
      "het later opnieuw.")                                                    \
    X(CLAIM_MISSING, "claim_missing", 400,                                     \
      "No doelbinding",                                                        \
      "The call states no doelbinding. Send the standardised doelbinding of "  \
      "the call in its header.",                                               \
      "Geen doelbinding",                                                      \
      "De aanroep noemt geen doelbinding. Stuur de gestandaardiseerde "        \
      "doelbinding van de aanroep mee in de header.")                          \
    X(CLAIM_MALFORMED, "claim_malformed", 400,                                 \
      "Malformed doelbinding",                                                 \
      "A header of the doelbinding is repeated, longer than 1,024 bytes, "     \
      "contains control characters or is, where it holds the doelbinding "     \
      "itself or the level of assurance, not UTF-8. Send each header once, "   \
      "with a valid value.",                                                   \
      "Ongeldig gevormde doelbinding",                                         \
      "Een header van de doelbinding is herhaald, langer dan 1.024 bytes, "    \
      "bevat stuurtekens of is, waar het de doelbinding zelf of het "          \
      "betrouwbaarheidsniveau is, geen UTF-8. "                                \
      "Stuur elke header eenmaal, met een geldige waarde.")                    \
    X(CLAIM_UNKNOWN, "claim_unknown", 403,                                     \
      "Unknown doelbinding",                                                   \
      "The stated doelbinding is not in the register of doelbindingen. Use a " \
      "standardised one.",                                                     \
      "Onbekende doelbinding",                                                 \
      "De genoemde doelbinding staat niet in het register van "                \
      "doelbindingen. Gebruik een gestandaardiseerde doelbinding.")            \
    X(CLAIM_EXPIRED, "claim_expired", 403,                                     \
      "doelbinding not valid at this time",                                    \
      "The stated doelbinding is not valid today according to the register "   \
      "of doelbindingen. Use one that is.",                                    \
      "Doelbinding nu niet geldig",                                            \
      "De genoemde doelbinding is volgens het register van doelbindingen "     \
      "vandaag niet geldig. Gebruik een geldige doelbinding.")                 \
    X(CLAIM_NOT_FOR_DIENST, "claim_not_for_dienst", 403,                       \
      "doelbinding not for this dienst",                                       \
      "The stated doelbinding is not meant for this dienst according to the "  \
      "register of doelbindingen. Use one that is.",                           \
      "Doelbinding niet voor deze dienst",                                     \
      "De genoemde doelbinding is volgens het register van doelbindingen "     \
      "niet bedoeld voor deze dienst. Gebruik een doelbinding die dat wel is.")\
    X(CLAIM_NOT_IN_PROFILE, "claim_not_in_profile", 403,                       \
      "doelbinding not agreed for this dienst",                                \
      GGI_REASON_AGREED_EN                                                     \
      "does not contain the stated doelbinding for this dienst. Use "          \
      "an agreed one, or have it added by the organisation of this "           \
      "gateway.",                                                              \
      "Doelbinding niet afgesproken voor deze dienst",                         \
      GGI_REASON_AGREED_NL                                                     \
      "bevat de genoemde doelbinding niet voor deze dienst. Gebruik "          \
      "een afgesproken doelbinding of laat die toevoegen door de "             \
      "organisatie van deze gateway.")                                         \
    X(ASSURANCE_MISSING, "assurance_missing", 400,                             \
      "No level of assurance",                                                 \
      "The call does not state the level of assurance at which its end user "  \
      "authenticated, and one is asked here. Send laag, substantieel or hoog " \
      "in its header, in exactly that spelling.",                              \
      "Geen betrouwbaarheidsniveau",                                           \
      "De aanroep noemt niet het betrouwbaarheidsniveau waarop de "            \
      "eindgebruiker zich heeft geauthenticeerd, en dat wordt hier gevraagd. " \
      "Stuur laag, substantieel of hoog mee in de header, precies zo "         \
      "gespeld.")                                                              \
    X(ASSURANCE_TOO_LOW, "assurance_too_low", 403,                             \
      "Level of assurance too low",                                            \
      "The end user authenticated at a lower level of assurance than is asked "\
      "for this dienst or for the stated doelbinding. Have the end user "      \
      "authenticate at a higher level.",                                       \
      "Betrouwbaarheidsniveau te laag",                                        \
      "De eindgebruiker heeft zich geauthenticeerd op een lager "              \
      "betrouwbaarheidsniveau dan voor deze dienst of voor de genoemde "       \
      "doelbinding wordt gevraagd. Laat de eindgebruiker zich op een hoger "   \
      "niveau authenticeren.")                                                 \
    X(CONSENT_MISSING, "consent_missing", 400,                                 \
      "No consent",                                                            \
      "The stated doelbinding needs the consent of the person whom the "       \
      "call is about. Send the id of that consent in its header.",             \
      "Geen toestemming",                                                      \
      "De genoemde doelbinding vraagt toestemming van de persoon over wie "    \
      "de aanroep gaat. Stuur de id van die toestemming mee in de header.")    \
    X(CONSENT_UNKNOWN, "consent_unknown", 403,                                 \
      "Unknown consent",                                                       \
      "There is no consent with the stated id. Send the id of one that "       \
      "was registered here.",                                                  \
      "Onbekende toestemming",                                                 \
      "Er is geen toestemming met de genoemde id. Stuur de id van een "        \
      "toestemming die hier is geregistreerd.")                                \
    X(CONSENT_NOT_FOR_CALL, "consent_not_for_call", 403,                       \
      "Consent is not for this call",                                          \
      "The stated consent was given to another organisation, for another "     \
      "dienst or doelbinding, or by another person than the call is "          \
      "about. Ask the person for one that fits the call.",                     \
      "Toestemming niet voor deze aanroep",                                    \
      "De genoemde toestemming is gegeven aan een andere organisatie, "        \
      "voor een andere dienst of doelbinding, of door een andere persoon "     \
      "dan over wie de aanroep gaat. Vraag de persoon om een toestemming "     \
      "die past bij de aanroep.")                                              \
    X(CONSENT_EXPIRED, "consent_expired", 403,                                 \
      "Consent not valid at this time",                                        \
      "The stated consent is not valid now: its term has ended, or has "       \
      "not begun. Ask the person for a new one.",                              \
      "Toestemming nu niet geldig",                                            \
      "De genoemde toestemming is nu niet geldig: de termijn is voorbij "      \
      "of nog niet begonnen. Vraag de persoon om een nieuwe.")                 \
    X(CONSENT_WITHDRAWN, "consent_withdrawn", 403,                             \
      "Consent withdrawn",                                                     \
      "The person has withdrawn the stated consent. Do not ask for these "     \
      "data without a new one.",                                               \
      "Toestemming ingetrokken",                                               \
      "De persoon heeft de genoemde toestemming ingetrokken. Vraag deze "      \
      "gegevens niet op zonder een nieuwe.")                                   \
    X(CONSENT_UNAVAILABLE, "consent_unavailable", 503,                         \
      "Consent unavailable",                                                   \
      "The stated consent cannot be read now. Try again later.",               \
      "Toestemming niet beschikbaar",                                          \
      "De genoemde toestemming kan nu niet worden gelezen. Probeer het "       \
      "later opnieuw.")                                                        \
    X(REGISTER_UNAVAILABLE, "register_unavailable", 503,                       \
      "Register of doelbindingen unavailable",                                 \
      "The register of doelbindingen cannot be read now. Try again later.",    \
      "Register van doelbindingen niet beschikbaar",                           \
      "Het register van doelbindingen kan nu niet worden gelezen. Probeer "    \
      "het later opnieuw.")                                                    \
    X(FIELDS_MALFORMED, "fields_malformed", 400,                               \
      "Malformed request for fields",                                          \
      "It cannot be told for sure which fields the call asks for. Send them "  \
      "once, as the documentation of this dienst says: in UTF-8, not "         \
      "compressed, and with the media type that it asks.",                     \
      "Ongeldig gevormde vraag om velden",                                     \
      "Niet met zekerheid is vast te stellen om welke velden de aanroep "      \
      "vraagt. Stuur ze eenmaal, zoals de documentatie van deze dienst zegt: " \
      "in UTF-8, niet gecomprimeerd, en met het gevraagde mediatype.")         \
    X(BODY_TOO_LARGE, "body_too_large", 413,                                   \
      "Body too large",                                                        \
      "The body of the call is larger than one from which the asked fields "   \
      "are read. Send a smaller one.",                                         \
      "Body te groot",                                                         \
      "De body van de aanroep is groter dan een waaruit de gevraagde velden "  \
      "worden gelezen. Stuur een kleinere.")                                   \
    X(FIELD_MISSING, "field_missing", 400,                                     \
      "No fields",                                                             \
      "The call does not say which fields it asks for, and would get all. "    \
      "Name the fields that are needed.",                                      \
      "Geen velden",                                                           \
      "De aanroep zegt niet om welke velden hij vraagt, en zou alles krijgen. "\
      "Noem de velden die nodig zijn.")                                        \
    X(FIELD_NOT_AUTHORISED, "field_not_authorised", 403,                       \
      "Field not authorised",                                                  \
      "The call asks for a field that is not agreed on for this dienst. Ask "  \
      "for agreed fields, or have the agreement extended.",                    \
      "Veld niet geautoriseerd",                                               \
      "De aanroep vraagt om een veld dat voor deze dienst niet is "            \
      "afgesproken. Vraag om afgesproken velden of laat de afspraak "          \
      "uitbreiden.")                                                           \
    X(FIELDS_UNAVAILABLE, "fields_unavailable", 503,                           \
      "Fields cannot be judged now",                                           \
      "The fields that the call asks for cannot be read now. Try again "       \
      "later.",                                                                \
      "Velden nu niet te beoordelen",                                          \
      "De velden waar de aanroep om vraagt kunnen nu niet worden gelezen. "    \
      "Probeer het later opnieuw.")                                            \
    X(AUDIT_UNAVAILABLE, "audit_unavailable", 503,                             \
      "Call cannot be accounted for",                                          \
      "The call cannot be recorded now and is therefore refused. Try again "   \
      "later.",                                                                \
      "Aanroep kan niet worden verantwoord",                                   \
      "De aanroep kan nu niet worden vastgelegd en wordt daarom geweigerd. "   \
      "Probeer het later opnieuw.")                                            \
    X(PROVIDER_NOT_TRUSTED, "provider_not_trusted", 502,                       \
      "Provider not trusted",                                                  \
      "The server that was called did not show that it is of the provider of " \
      "this dienst, so that nothing of the call was sent to it. Have its "     \
      "certificate and address looked at by whoever manages this gateway.",    \
      "Aanbieder niet vertrouwd",                                              \
      "De aangeroepen server heeft niet laten zien dat hij van de aanbieder "  \
      "van deze dienst is. Er is niets van de aanroep naartoe gestuurd. Laat " \
      "de beheerder van deze gateway naar certificaat en adres kijken.")       \
    X(REQUEST_REJECTED, "request_rejected", 400,                               \
      "Request rejected",                                                      \
      "The request was rejected before it could be judged. Correct it, unless "\
      "the status says that the fault is not yours.",                          \
      "Verzoek geweigerd",                                                     \
      "Het verzoek is geweigerd voordat het kon worden beoordeeld. Verbeter "  \
      "het, tenzij de status zegt dat de fout niet bij u ligt.")


typedef enum {
    GGI_REASON_NONE = 0,
#define GGI_REASON_ENUM(id, name, status, t, d, tnl, dnl)  GGI_REASON_##id,
    GGI_REASONS(GGI_REASON_ENUM)
#undef GGI_REASON_ENUM
    GGI_REASON_COUNT
} ggi_reason_e;


typedef enum { GGI_LANG_EN, GGI_LANG_NL, GGI_LANGS } ggi_lang_e;


typedef struct {
    const char  *name;                  /* its name in records, problem types and variables */
    int          status;                /* HTTP status of the answer */
    const char  *title[GGI_LANGS];
    const char  *detail[GGI_LANGS];     /* tells the caller what to do */
} ggi_reason_t;


/*
 * Returns the entry of a reason in the table, a constant. For GGI_REASON_NONE and for a
 * value outside the enum the name is "" and the status is 0. Never returns NULL.
 */
const ggi_reason_t *ggi_reason_get(ggi_reason_e reason);


#endif
